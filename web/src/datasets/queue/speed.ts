/** How fast somebody decides. */

// A longer gap is a pause, not work; the server counts alike (trackside.data.queue.speed).
const PAUSE_MS = 60_000;
// The newest decisions alone tell how fast it goes now.
const NEWEST = 60;

/** Images an hour, from the moments of decisions in milliseconds, oldest first; null before the third. */
export function perHour(moments: readonly number[]): number | null {
  const newest = moments.slice(-NEWEST);
  const gaps = newest.slice(1).map((at, place) => at - (newest[place] ?? at));
  const worked = gaps.filter((gap) => gap <= PAUSE_MS);
  const spent = worked.reduce((sum, gap) => sum + gap, 0);
  return worked.length > 1 && spent > 0 ? Math.round((worked.length / spent) * 3_600_000) : null;
}
