/** The range of a number's slider, from its bounds. */

import type { Setting } from "./types";

export type Bounds = { min: number; max: number; step: number };

// What has no upper bound is an angle.
const ENDLESS = 180;

export function boundsOf(setting: Setting): Bounds {
  const low = setting.minimum ?? setting.exclusiveMinimum ?? 0;
  const high = setting.maximum ?? setting.exclusiveMaximum ?? Math.max(ENDLESS, Number(setting.default) || 0);
  const step = setting.type === "integer" ? 1 : stepFor(high - low);
  return {
    min: setting.minimum === undefined && setting.exclusiveMinimum !== undefined ? tidy(low + step) : low,
    max: setting.maximum === undefined && setting.exclusiveMaximum !== undefined ? tidy(high - step) : high,
    step,
  };
}

/** About a hundred to two hundred steps, round ones. */
function stepFor(range: number): number {
  const rough = range / 200;
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  return tidy(([1, 2, 5, 10].find((one) => one * power >= rough * 0.999) ?? 10) * power);
}

function tidy(value: number): number {
  return Number(value.toPrecision(9));
}
