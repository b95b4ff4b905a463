/** Figures of the summary of alarms. */

import type { Shape } from "../api/client";

export type Summary = Shape<"SummaryShape">;
type Row = Shape<"DayShape">;
type Counted = { raised: number; false: number };
export type RuleCounts = Pick<Row, "rule" | "raised" | "false" | "acknowledged">;

/** All cameras and days of each rule together, the one with most false alarms first. */
export function byRule(rows: Row[]): RuleCounts[] {
  const rules = new Map<string, RuleCounts>();
  for (const row of rows) {
    const known = rules.get(row.rule) ?? { rule: row.rule, raised: 0, false: 0, acknowledged: 0 };
    known.raised += row.raised;
    known.false += row.false;
    known.acknowledged += row.acknowledged;
    rules.set(row.rule, known);
  }
  return [...rules.values()].sort((a, b) => b.false - a.false || b.raised - a.raised || a.rule.localeCompare(b.rule));
}

/** A number per day; a camera that was watched for less than an hour has none. */
export function perDay(value: number | null): string {
  if (value === null) return "–";
  return value.toLocaleString("en-GB", { maximumFractionDigits: value < 10 ? 2 : 0 });
}

/** How many of the alarms were called false. */
export function sharePart({ raised, false: wrong }: Counted): string {
  return raised > 0 ? `${Math.round((wrong / raised) * 100)} %` : "–";
}
