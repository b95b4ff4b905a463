/** A heat map of a figure as rows of numbers: the small Plotly of this page cannot draw one. */
export type Heat = { rows: string[]; columns: string[]; values: number[][]; across: string; down: string };

/** The heat map of a figure; null where it is another kind of plot. */
export function heatOf(figure: unknown): Heat | null {
  const { data, layout } = (figure ?? {}) as { data?: Record<string, unknown>[]; layout?: Record<string, unknown> };
  const trace = data?.[0];
  if (data?.length !== 1 || trace?.type !== "heatmap" || !Array.isArray(trace.z)) return null;
  const values = (trace.z as unknown[]).map((row) => (Array.isArray(row) ? row.map(Number) : []));
  const names = (given: unknown, count: number) =>
    Array.from({ length: count }, (_, at) => String(Array.isArray(given) ? (given[at] ?? at + 1) : at + 1));
  const title = (axis: unknown) => String((axis as { title?: { text?: string } } | undefined)?.title?.text ?? "");
  return {
    rows: names(trace.y, values.length),
    columns: names(trace.x, Math.max(0, ...values.map((row) => row.length))),
    values,
    across: title(layout?.xaxis),
    down: title(layout?.yaxis),
  };
}

/** How dark each cell is, 0 to 1. The square root lets small numbers beside a large one be seen. */
export function shade(value: number, most: number): number {
  return most > 0 && value > 0 ? Math.sqrt(value / most) : 0;
}
