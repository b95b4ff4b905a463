/** How busy each stage of the engine is; the one that holds up the rest stands out. */

import { share, stageText } from "./figures";
import classes from "./strip.module.css";
import type { Stage } from "./types";

type Props = { stages: Stage[]; bottleneck: string };

export function StageBars({ stages, bottleneck }: Props) {
  return (
    <ul className={classes.stages}>
      {stages.map(({ name, busy, queue }) => (
        <li key={name} data-bottleneck={name === bottleneck || undefined}>
          <span className={classes.stageName}>{stageText(name)}</span>
          <span className={classes.bar} aria-hidden>
            <span style={{ width: `${Math.min(1, Math.max(0, busy)) * 100}%` }} />
          </span>
          <span className={classes.stageFigure}>
            {share(busy)} busy{queue > 0 && `, ${queue.toLocaleString("en-GB")} waiting`}
          </span>
        </li>
      ))}
    </ul>
  );
}
