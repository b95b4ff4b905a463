/** How sure the model was of the object at each look, over time. */

import { Text, Title } from "@mantine/core";
import { counted } from "../shared/format";
import type { Look } from "./types";
import { line, path } from "./why";
import classes from "./why.module.css";
import { scoreText } from "./words";

const WIDTH = 600;
const HEIGHT = 84;

type Props = { looks: Look[]; median: number | null };

export function Looks({ looks, median }: Props) {
  const [first, last] = [looks[0], looks.at(-1)];
  if (!first || !last) return null;
  const points = line(looks, WIDTH, HEIGHT);
  const seconds = (last.time - first.time).toFixed(1);
  const words = `${counted(looks.length, "look")} in ${seconds} seconds, median score ${scoreText(median) || "unknown"}`;
  return (
    <section aria-labelledby="looks">
      <Title order={3} id="looks" mb={2}>
        How it was seen
      </Title>
      <Text size="xs" c="dimmed" mb={8}>
        {words}
      </Text>
      <svg
        className={classes.chart}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Score over time: ${words}`}
      >
        {[0, 0.5, 1].map((part) => (
          <line
            key={part}
            className={classes.rule}
            x2={WIDTH}
            y1={part * HEIGHT}
            y2={part * HEIGHT}
            vectorEffect="non-scaling-stroke"
          />
        ))}
        {median != null && (
          <line
            className={classes.median}
            x2={WIDTH}
            y1={(1 - median) * HEIGHT}
            y2={(1 - median) * HEIGHT}
            vectorEffect="non-scaling-stroke"
          />
        )}
        <polyline className={classes.course} points={path(points)} vectorEffect="non-scaling-stroke" />
      </svg>
      <div className={classes.axis} aria-hidden>
        <span>{seconds} s before the decision</span>
        <span>score 0 to 100 %</span>
        <span>decision</span>
      </div>
    </section>
  );
}
