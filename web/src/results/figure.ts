/** A figure as the server sends it, made to fit the page: its colours, its height, and one axis of time. */

import { LOOKS, legible, type Scheme } from "./colours";
import type { Figure, Layout, Trace } from "./plotly";
import { clockText } from "./time";

const MARGIN = { r: 16, t: 10, b: 34 };
// Room at the left for numbers, and for names of rows: a character of the plots' font is about this wide.
const LEFT = { least: 56, most: 168, character: 6.8, beside: 26, unit: 20 };

/** Where a line of a plot is shown and hidden. */
export type Line = { index: number; name: string; colour: string; shown: boolean };

/** The figure of an answer; its parts are what they should be, or empty. */
export function asFigure(given: Record<string, unknown>): Figure {
  const data = Array.isArray(given.data) ? (given.data as Trace[]) : [];
  const layout = given.layout && typeof given.layout === "object" ? (given.layout as Layout) : {};
  return { data, layout };
}

export function colourOf(trace: Trace): string {
  const marker = trace.marker?.color;
  return trace.line?.color ?? (typeof marker === "string" ? marker : "#12a594");
}

export function linesOf(figure: Figure, scheme: Scheme): Line[] {
  return figure.data.map((trace, index) => ({
    index,
    name: trace.name || `line ${index + 1}`,
    colour: legible(colourOf(trace), scheme),
    shown: trace.visible !== "legendonly" && trace.visible !== false,
  }));
}

/** Whether its lines are worth switching: rows of a category axis are named on the axis already. */
export function hasLegend(figure: Figure): boolean {
  return figure.data.length > 1 && figure.layout.showlegend !== false;
}

export function heightOf(figure: Figure): number {
  const told = Number(figure.layout.height);
  // Titles stand outside of the plot here, so that much less is needed.
  return Number.isFinite(told) ? Math.min(Math.max(told - 90, 120), 520) : 240;
}

export function unitOf(figure: Figure): string {
  const axis = figure.layout.yaxis as { title?: { text?: string } } | undefined;
  return axis?.title?.text ?? "";
}

/** The unit, unless the plot's own title tells it already. */
function axisTitle(figure: Figure): string {
  const title = (figure.layout.title as { text?: string } | undefined)?.text ?? "";
  const unit = unitOf(figure);
  return title.includes(`(${unit})`) ? "" : unit;
}

export function traces(figure: Figure, shown: ReadonlySet<number>, scheme: Scheme): Trace[] {
  return figure.data.map((trace, index) => {
    const colour = legible(colourOf(trace), scheme);
    return {
      ...trace,
      ...(trace.y ? { y: trace.y.map((one) => (typeof one === "string" ? one.replaceAll("_", " ") : one)) } : {}),
      visible: shown.has(index),
      line: { ...trace.line, color: colour },
      ...(trace.marker ? { marker: { ...trace.marker, color: legible(colourOf(trace), scheme) } } : {}),
    };
  });
}

/** Room that all plots of a page leave at the left, so that a moment lies at the same place in each of them. */
export function leftOf(figures: readonly Figure[]): number {
  const wide = (figure: Figure) => {
    const rows = figure.data.flatMap((trace) => (trace.y ?? []).filter((one) => typeof one === "string"));
    const longest = rows.reduce((most, row) => Math.max(most, row.length), 0);
    return longest * LEFT.character + LEFT.beside + (axisTitle(figure) ? LEFT.unit : 0);
  };
  const most = figures.reduce((sum, figure) => Math.max(sum, wide(figure)), LEFT.least);
  return Math.round(Math.min(most, LEFT.most));
}

// Seconds between two marks on the axis of time; about this many fit.
const STEPS = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];
const MARKS = 7;

/** Marks on the axis of time, written as the player writes times. */
export function ticksOf([from, to]: readonly [number, number]): { tickvals: number[]; ticktext: string[] } {
  const step = STEPS.find((one) => (to - from) / one <= MARKS) ?? (to - from) / MARKS;
  const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.max(0, Math.floor(to / step + 1e-9) - first + 1);
  const tickvals = Array.from({ length: count }, (_, number) => (first + number) * step);
  return { tickvals, ticktext: tickvals.map((time) => clockText(time, digits)) };
}

/** The page's layout: time on x, from first to last frame; only x is zoomed, so that all plots stay comparable. */
export function layoutOf(
  figure: Figure,
  range: [number, number],
  scheme: Scheme,
  zoomable: boolean,
  left: number = LEFT.least,
): Layout {
  const look = LOOKS[scheme];
  const axis = { gridcolor: look.grid, linecolor: look.line, zeroline: false, tickcolor: look.line };
  const y = (figure.layout.yaxis ?? {}) as Layout;
  return {
    height: heightOf(figure),
    margin: { ...MARGIN, l: left },
    autosize: true,
    showlegend: false,
    hovermode: "closest",
    dragmode: zoomable ? "zoom" : false,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: "Inter Variable, system-ui, sans-serif", size: 12, color: look.text },
    hoverlabel: { bgcolor: look.hover, bordercolor: look.line, font: { color: look.text } },
    xaxis: { ...axis, range: [...range], ...ticksOf(range), fixedrange: !zoomable },
    yaxis: { ...axis, ...y, ...axis, automargin: true, fixedrange: true, title: { text: axisTitle(figure) } },
  };
}

/** The range that a change of the layout asks for; null if it is about something else. */
export function rangeIn(change: Record<string, unknown>): [number, number] | "all" | null {
  if (change["xaxis.autorange"] === true) return "all";
  const whole = change["xaxis.range"];
  const [from, to] = Array.isArray(whole) ? whole : [change["xaxis.range[0]"], change["xaxis.range[1]"]];
  return typeof from === "number" && typeof to === "number" ? [from, to] : null;
}

/** Two figures of the same thing in one: the left one's lines whole, the right one's dashed. */
export function overlaid(left: Figure | null, right: Figure | null): Figure {
  const marked = (figure: Figure | null, side: string, dash: string): Trace[] =>
    (figure?.data ?? []).map((trace) => ({
      ...trace,
      name: `${side} ${trace.name ?? ""}`.trim(),
      // Rows that are names would lie on each other: each side has its own.
      ...(trace.y ? { y: trace.y.map((one) => (typeof one === "string" ? `${side} ${one}` : one)) } : {}),
      line: { ...trace.line, dash },
      ...(trace.marker ? { marker: { ...trace.marker, symbol: side === "A" ? "diamond" : "circle-open" } } : {}),
    }));
  const data = [...marked(left, "A", "solid"), ...marked(right, "B", "dot")];
  return {
    data,
    layout: { ...(left?.layout ?? right?.layout ?? {}), ...(data.length > 1 ? {} : { showlegend: false }) },
  };
}
