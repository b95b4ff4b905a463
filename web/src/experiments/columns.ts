/** Which columns the table of runs shows, how it is sorted, and what its cells say. */

import type { Column, MetricValues, RunRow, RunsPage, Which } from "./types";
import { number } from "./words";

// So many fit beside name, status and times; the others are a tick away.
const MOST_SETTINGS = 6;
const MOST_METRICS = 4;
const MEASURED = /^(val|test)/i;

export type Sort = { by: string; descending: boolean };
export const NEWEST: Sort = { by: "", descending: false };

/** The columns shown unless somebody chose others: the metrics that tell most, and settings in which runs differ. */
export function usual(page: Pick<RunsPage, "columns" | "main">): string[] {
  const settings = page.columns.filter((column) => column.kind === "setting" && column.varies);
  const rank = (column: Column) =>
    column.name === page.main ? 0 : MEASURED.test(column.name) ? 1 : isGoal(column) ? 2 : 3;
  const measured = page.columns.filter((column) => column.kind === "metric");
  const metrics = (measured.some(isGoal) ? measured.filter(isGoal) : measured).sort(
    (one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name),
  );
  return [...metrics.slice(0, MOST_METRICS), ...settings.slice(0, MOST_SETTINGS)].map((column) => column.key);
}

/** The chosen columns in the table's order: metrics as the usual order has them, then settings as the server lists them. */
export function shownColumns(page: Pick<RunsPage, "columns" | "main">, chosen: string[] | null): Column[] {
  const usually = usual(page);
  const keys = new Set(chosen ?? usually);
  const place = (column: Column) => {
    const at = usually.indexOf(column.key);
    return at < 0 ? usually.length : at;
  };
  const kept = page.columns.filter((column) => keys.has(column.key));
  const metrics = kept.filter((column) => column.kind === "metric").sort((one, other) => place(one) - place(other));
  return [...metrics, ...kept.filter((column) => column.kind === "setting")];
}

/** The sort after a click on a head: the best first for metrics, the newest for times; a second click turns it round. */
export function sortedBy(sort: Sort, by: string, lower: boolean | null | undefined): Sort {
  if (sort.by === by) return { by, descending: !sort.descending };
  return { by, descending: by === "started" || by === "seconds" || lower === false };
}

/** Whether less or more of a metric is better at all: of a learning rate or an epoch neither is. */
export function isGoal({ name, lower }: { name: string; lower?: boolean | null }): boolean {
  return lower === true || (lower === false && !/\b(learning[ _]?rate|lr|epoch)\b/i.test(name));
}

export function betterText(metric: { name: string; lower?: boolean | null }): string | undefined {
  if (!isGoal(metric)) return undefined;
  return metric.lower ? "Less is better" : "More is better";
}

/** A metric's value that counts, or null. */
export function metricValue(values: MetricValues | undefined, which: Which, lower: boolean): number | null {
  if (!values) return null;
  return which === "last" ? values.last : lower ? values.min : values.max;
}

export function cellOf(row: RunRow, column: Column, which: Which): string {
  if (column.kind === "setting") {
    const text = row.settings[column.name];
    if (text === undefined || text === "None") return "–";
    return column.numeric ? number(Number(text)) : text;
  }
  const values = row.metrics[column.name];
  if (which === "last" && values?.odd) return oddText(values.odd);
  return number(metricValue(values, which, column.lower ?? false));
}

export function oddText(odd: string): string {
  return { nan: "NaN", inf: "∞", "-inf": "−∞" }[odd] ?? odd;
}
