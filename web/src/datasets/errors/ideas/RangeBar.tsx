/** A value with its interval on a scale; `mark` is what it is held against. */

import classes from "./ideas.module.css";

type Props = { value: number; low: number; high: number; from: number; to: number; mark?: number };

export function RangeBar({ value, low, high, from, to, mark }: Props) {
  const at = (x: number) => `${(100 * Math.min(1, Math.max(0, (x - from) / (to - from || 1)))).toFixed(2)}%`;
  return (
    <span className={classes.bar} aria-hidden>
      <span className={classes.range} style={{ left: at(low), right: `calc(100% - ${at(high)})` }} />
      {mark !== undefined && <span className={classes.mark} style={{ left: at(mark) }} />}
      <span className={classes.value} style={{ left: at(value) }} />
    </span>
  );
}
