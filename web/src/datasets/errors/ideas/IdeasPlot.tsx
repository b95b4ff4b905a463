/** The ceilings of ideas as a drawing: where each would bring the error rate, and how sure that is. */

import type { Idea } from "../types";
import { days, fall, range, share } from "../words";
import classes from "./ideas.module.css";

const WIDTH = 760;
const LEFT = 190;
const RIGHT = 70;
const ROW = 30;
const TOP = 26;
const MOST = 16;

export function IdeasPlot({ ideas }: { ideas: readonly Idea[] }) {
  const shown = ideas.slice(0, MOST);
  const now = shown[0]?.error_now ?? 0;
  const ticks = ticksUpTo(Math.max(now, ...shown.map((one) => one.ceiling_high)));
  const most = ticks.at(-1) || 1;
  const x = (value: number) => LEFT + ((WIDTH - LEFT - RIGHT) * value) / most;
  const height = TOP + ROW * shown.length + 8;
  return (
    <figure style={{ margin: "16px 0 0", maxWidth: 900, overflowX: "auto" }}>
      <svg
        viewBox={`0 0 ${WIDTH} ${height}`}
        className={classes.plot}
        role="img"
        aria-label={`Ceilings of ${shown.length} ideas; now ${share(now)}`}
        style={{ minWidth: 520 }}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line x1={x(tick)} x2={x(tick)} y1={TOP - 6} y2={height - 4} className={classes.grid} />
            <text x={x(tick)} y={14} textAnchor="middle" className={classes.axis}>
              {share(tick, tick * 100 === Math.round(tick * 100) ? 0 : 1)}
            </text>
          </g>
        ))}
        <line x1={x(now)} x2={x(now)} y1={TOP - 6} y2={height - 4} className={classes.now} />
        {shown.map((one, place) => (
          <Row key={one.tag} idea={one} x={x} y={TOP + ROW * (place + 0.5)} />
        ))}
      </svg>
    </figure>
  );
}

function Row({ idea, x, y }: { idea: Idea; x: (value: number) => number; y: number }) {
  const name = idea.tag.length > 26 ? `${idea.tag.slice(0, 25)}…` : idea.tag;
  return (
    <g>
      <title>
        {`${idea.tag}: ${fall(idea.error_now, idea.ceiling)} (${range(idea.ceiling_low, idea.ceiling_high)})`}
      </title>
      <text x={LEFT - 10} y={y + 4} textAnchor="end" className={classes.label}>
        {name}
      </text>
      <line x1={x(idea.ceiling_low)} x2={x(idea.ceiling_high)} y1={y} y2={y} className={classes.whisker} />
      <line x1={x(idea.error_now)} x2={x(idea.ceiling)} y1={y} y2={y} className={classes.arrow} />
      <circle cx={x(idea.ceiling)} cy={y} r={5} className={classes.dot} />
      <text x={WIDTH - RIGHT + 8} y={y + 4} className={classes.axis}>
        {idea.days == null ? "" : `${days(idea.days)} days`}
      </text>
    </g>
  );
}

/** Round numbers from 0 to at least a value, four to seven of them. */
export function ticksUpTo(value: number): number[] {
  if (!(value > 0)) return [0, 1];
  const rough = value / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => value / one <= 6) ?? 10 * power;
  const count = Math.ceil(value / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, place) => Number((place * step).toPrecision(12)));
}
