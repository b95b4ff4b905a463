/**
 * What several ideas win together, by the method of the server (`trackside.lab.errors.intervals`): Wilson's interval for the
 * share, and for the ceiling that of a product of two shares with Jeffreys posteriors.
 */

import type { Idea, Mistake, Study } from "../types";
import { wilson } from "../words";

// Points on each quantile function.
const GRID = 200;

/** The joint idea of some tags; null if it cannot be told here: mistakes of this draw do not all stand for equally many. */
export function jointOf(
  tags: readonly string[],
  mistakes: readonly Mistake[],
  study: Pick<Study, "predictions" | "mistakes" | "error_rate">,
  single: readonly Idea[],
): Idea | null {
  const seen = mistakes.filter((one) => one.seen);
  if (!seen.length || !single.every((idea) => isPlain(idea, seen))) return null;
  const count = seen.filter((one) => one.tags.some((tag) => tags.includes(tag))).length;
  const share = count / seen.length;
  const [low, high] = wilson(count, seen.length);
  const rate = study.error_rate;
  const [ceilingLow, ceilingHigh] = productInterval(
    [study.mistakes, study.predictions],
    [seen.length - count, seen.length],
  );
  const costs = tags.map((tag) => single.find((idea) => idea.tag === tag)?.days ?? null);
  const days = costs.includes(null) ? null : costs.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  return {
    tag: tags.join(" + "),
    count,
    share,
    share_low: low,
    share_high: high,
    error_now: rate,
    ceiling: rate * (1 - share),
    ceiling_low: ceilingLow,
    ceiling_high: ceilingHigh,
    days,
    gain_per_day: days ? (100 * rate * share) / days : null,
  };
}

/** Whether the server's share is that of plain counting. */
function isPlain(idea: Idea, seen: readonly Mistake[]): boolean {
  const count = seen.filter((one) => one.tags.includes(idea.tag)).length;
  return Math.abs(count / seen.length - idea.share) < 1e-9;
}

/** A 95 % interval for the product of two shares that were measured apart: each hits and count. */
export function productInterval(first: [number, number], second: [number, number]): [number, number] {
  const [one, other] = [first, second].map(([hits, count]) => quantiles(hits + 0.5, Math.max(count - hits, 0) + 0.5));
  const products = new Float64Array(GRID * GRID);
  for (let i = 0; i < GRID; i++)
    for (let j = 0; j < GRID; j++) products[i * GRID + j] = (one?.[i] ?? 0) * (other?.[j] ?? 0);
  products.sort();
  const at = (share: number) => products[Math.round(share * (products.length - 1))] ?? 0;
  const nothing = first[0] <= 0 || second[0] <= 0;
  const everything = first[0] >= first[1] && second[0] >= second[1];
  return [nothing ? 0 : at(0.025), everything ? 1 : at(0.975)];
}

/** Evenly spaced quantiles of a Beta distribution, by halving. */
function quantiles(a: number, b: number): number[] {
  const found: number[] = [];
  for (let place = 0; place < GRID; place++) {
    const wanted = (place + 0.5) / GRID;
    let [low, high] = [found.at(-1) ?? 0, 1];
    while (high - low > 1e-9 * Math.max(high, 1e-6)) {
      const middle = (low + high) / 2;
      if (betaCdf(middle, a, b) < wanted) low = middle;
      else high = middle;
    }
    found.push((low + high) / 2);
  }
  return found;
}

/** The regularised incomplete beta function by its continued fraction (Abramowitz & Stegun 26.5.8, Lentz's method). */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaCdf(1 - x, b, a);
  const front = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log(1 - x)) / a;
  const tiny = 1e-300;
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let sum = d;
  for (let m = 1; m < 1000; m++) {
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / away(1 + term * d);
      c = away(1 + term / c);
      sum *= d * c;
    }
    if (Math.abs(d * c - 1) < 1e-12) break;
  }
  return front * sum;
}

/** The logarithm of the gamma function for x above 0 (Stirling's series after moving up to 10). */
function lnGamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 10; z++) shift += Math.log(z);
  const r = 1 / (z * z);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r / 1680))) / z;
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
