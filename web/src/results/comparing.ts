/** Two results side by side: which results, what differs, and whose plots belong together. */

import { queryOptions } from "@tanstack/react-query";
import { api, must, type Shape } from "../api/client";
import { asFigure, overlaid } from "./figure";
import type { NamedFigure } from "./PlotStack";
import type { PlotAnswer } from "./queries";

export type Comparison = Shape<"Comparison">;
type Item = Pick<Shape<"RunVideoShape">, "id" | "video_id" | "state">;

export function compareQuery(left: string, right: string) {
  return queryOptions({
    queryKey: ["compare", left, right],
    queryFn: () => must(api.GET("/api/compare", { params: { query: { left, right } } })),
    enabled: left !== "" && right !== "",
  });
}

/** The finished video of a run to look at: the same one as on the other side if it is there, else the first. */
export function itemFor(items: Item[], video?: string): string {
  const done = items.filter((item) => item.state === "done");
  return (done.find((item) => item.video_id === video) ?? done[0])?.id ?? "";
}

/** The media time that two results cover together. */
export function spanOfBoth(left: Pick<Shape<"ResultShape">, "start" | "seconds">, right: typeof left) {
  const start = Math.min(left.start, right.start);
  const end = Math.max(left.start + (left.seconds ?? 0), right.start + (right.seconds ?? 0));
  return { start, seconds: Math.max(0, end - start) };
}

/** Plots of both sides over each other by name; one that only one side has stands alone. */
export function overlays(left: PlotAnswer[], right: PlotAnswer[]): NamedFigure[] {
  const names = [...new Set([...left, ...right].map((plot) => plot.name))];
  return names.map((name) => {
    const [ours, theirs] = [left, right].map((side) => side.find((plot) => plot.name === name));
    const figure = overlaid(ours ? asFigure(ours.figure) : null, theirs ? asFigure(theirs.figure) : null);
    return { key: name, title: (ours ?? theirs)?.title ?? name, figure };
  });
}

export type Difference = { name: string; left: string; right: string };

/** The settings that differ, as people read them. */
export function settingsOf(given: Comparison["settings"]): Difference[] {
  return given.map((one) => ({ name: String(one.name ?? ""), left: shown(one.left), right: shown(one.right) }));
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "not set";
  return typeof value === "string" ? value : JSON.stringify(value);
}

export type ColumnNumbers = { name: string; left: number | null; right: number | null; difference: number | null };

/** The means of a table's columns on both sides, and right less left. */
export function meansOf(columns: Comparison["tables"][number]["columns"]): ColumnNumbers[] {
  return columns.map((column) => ({
    name: String(column.name ?? ""),
    left: mean(column.left),
    right: mean(column.right),
    difference: mean(column.difference),
  }));
}

function mean(side: unknown): number | null {
  const value = side && typeof side === "object" ? (side as Record<string, unknown>).mean : null;
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** `+1.25`, `−0.5`, `0`: a difference with its sign. */
export function signed(value: number | null): string {
  if (value === null) return "–";
  const text = String(Math.abs(Number(value.toPrecision(4))));
  return value > 0 ? `+${text}` : value < 0 ? `−${text}` : "0";
}
