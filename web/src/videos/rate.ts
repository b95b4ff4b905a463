/** How fast something arrives, smoothed over a few seconds. Times in ms, rate in bytes a second. */
export type Rate = { at: number; bytes: number; rate: number };

// A chunk comes in bursts: the mean of about this many ms is steady enough to read.
const MEMORY_MS = 4000;

export function startRate(bytes: number, at: number): Rate {
  return { at, bytes, rate: 0 };
}

/** The rate after another look; looks less than 200 ms apart are put together. */
export function nextRate(before: Rate, bytes: number, at: number): Rate {
  const ms = at - before.at;
  if (ms < 200) return before;
  const now = Math.max(0, ((bytes - before.bytes) * 1000) / ms);
  const weight = before.rate === 0 ? 1 : 1 - Math.exp(-ms / MEMORY_MS);
  return { at, bytes, rate: before.rate + weight * (now - before.rate) };
}

/** Seconds until the rest has come; null while nothing moves. */
export function secondsLeft(rate: number, rest: number): number | null {
  return rate > 0 ? rest / rate : null;
}
