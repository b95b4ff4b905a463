/** Which point of many lies next to a place: points sorted into squares. */

import type { Point } from "./view";

const SQUARES = 128;

export type Near = { start: Uint32Array; order: Uint32Array; x: Float32Array; y: Float32Array };

function squareOf(value: number): number {
  return Math.min(SQUARES - 1, Math.max(0, Math.floor(value * SQUARES)));
}

/** Points without a place (NaN) are left out. */
export function sorted(x: Float32Array, y: Float32Array): Near {
  const start = new Uint32Array(SQUARES * SQUARES + 1);
  const square = new Int32Array(x.length).fill(-1);
  for (let at = 0; at < x.length; at++) {
    if (Number.isNaN(x[at]) || Number.isNaN(y[at])) continue;
    const place = squareOf(y[at] ?? 0) * SQUARES + squareOf(x[at] ?? 0);
    square[at] = place;
    start[place + 1] = (start[place + 1] ?? 0) + 1;
  }
  for (let place = 0; place < SQUARES * SQUARES; place++)
    start[place + 1] = (start[place + 1] ?? 0) + (start[place] ?? 0);
  const next = start.slice();
  const order = new Uint32Array(start[SQUARES * SQUARES] ?? 0);
  for (let at = 0; at < x.length; at++) {
    const place = square[at] ?? -1;
    if (place < 0) continue;
    const free = next[place] ?? 0;
    order[free] = at;
    next[place] = free + 1;
  }
  return { start, order, x, y };
}

/** The point nearest to a place, not farther than `reach`; -1 for none. */
export function nearest({ start, order, x, y }: Near, [px, py]: Point, reach: number): number {
  let best = -1;
  let least = reach * reach;
  for (let row = squareOf(py - reach); row <= squareOf(py + reach); row++) {
    const from = start[row * SQUARES + squareOf(px - reach)] ?? 0;
    const to = start[row * SQUARES + squareOf(px + reach) + 1] ?? 0;
    for (let place = from; place < to; place++) {
      const at = order[place] ?? 0;
      const away = ((x[at] ?? 0) - px) ** 2 + ((y[at] ?? 0) - py) ** 2;
      if (away <= least) [least, best] = [away, at];
    }
  }
  return best;
}
