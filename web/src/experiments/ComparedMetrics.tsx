import { Text } from "@mantine/core";
import { IconStarFilled } from "@tabler/icons-react";
import { betterText, isGoal, oddText } from "./columns";
import classes from "./experiments.module.css";
import { MetricName } from "./MetricName";
import type { Compared } from "./types";
import { Wide } from "./Wide";
import { number } from "./words";

type Props = { metrics: Compared["metrics"]; names: string[] };

/** The last value of each metric in each run, the best marked. */
export function ComparedMetrics({ metrics, names }: Props) {
  if (!metrics.length) return <Text c="dimmed">No run has told a number.</Text>;
  return (
    <Wide label="Last numbers, by run">
      <table className={classes.numbers} aria-label="Last numbers">
        <thead>
          <tr>
            <th scope="col">Metric</th>
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {metrics.map((metric) => (
            <Row key={metric.name} metric={metric} names={names} />
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function Row({ metric, names }: { metric: Compared["metrics"][number]; names: string[] }) {
  const best = bestOf(metric);
  return (
    <tr>
      <th scope="row" title={betterText(metric)}>
        <MetricName name={metric.name} />
      </th>
      {names.map((name, at) => {
        const value = metric.values[at] ?? null;
        const odd = metric.odd[at];
        const marked = value !== null && value === best;
        return (
          <td key={name} data-best={marked || undefined}>
            {marked && <IconStarFilled size={11} aria-label="Best" className={classes.star} />}{" "}
            {odd ? oddText(odd) : number(value)}
          </td>
        );
      })}
    </tr>
  );
}

/** The best of some values; null where all are the same, there is only one, or none is better than another. */
export function bestOf(metric: Pick<Compared["metrics"][number], "name" | "lower" | "values">): number | null {
  if (!isGoal(metric)) return null;
  const known = metric.values.filter((value): value is number => value !== null);
  if (new Set(known).size < 2) return null;
  return metric.lower ? Math.min(...known) : Math.max(...known);
}
