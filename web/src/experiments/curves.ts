/** Curves of runs: those of one measure go into one plot, whether they are of training or of validation. */

import { LOOKS, legible, type Scheme } from "../results/colours";
import type { Layout, Trace } from "../results/plotly";
import { counted } from "../shared/format";
import type { Curve } from "./types";

export type RunCurves = { name: string; curves: Curve[] };
/** One line of a plot. `run` is the run's place, `part` such as `train`, empty if the name tells none. */
export type Line = { run: number; runName: string; part: string; curve: Curve; colour: string; dash: string };
export type Group = { measure: string; parts: string[]; lines: Line[] };
export type Options = { logarithmic: boolean; smooth: boolean };

/** Colours of runs, and of the parts of a single one: far apart, on light and dark. */
export const COLOURS = ["#3e7bfa", "#f2711c", "#12a594", "#e5484d", "#8e4ec6", "#b88a00", "#d6409f", "#46a758"];
const DASHES: Record<string, string> = { train: "dot", test: "dash" };
const PARTS: Record<string, string> = {
  train: "train",
  training: "train",
  val: "validation",
  valid: "validation",
  validation: "validation",
  test: "test",
};
const HEIGHT = 260;
// Few points are shown as such: a line through two of them hides that there are two.
const FEW = 40;
// A smoothed value looks over about this share of the curve to each side.
const REACH = 0.05;

/** `train/loss` -> train and loss; `val_loss` -> validation and loss. */
export function partOf(metric: string): { part: string; measure: string } {
  const found = /^([a-z]+)[/_.](.+)$/i.exec(metric);
  const part = PARTS[found?.[1]?.toLowerCase() ?? ""];
  return part && found?.[2] ? { part, measure: found[2] } : { part: "", measure: metric };
}

export function colourOfRun(place: number): string {
  return COLOURS[place % COLOURS.length] ?? "#3e7bfa";
}

/** Plots of some runs: with several, a colour is a run and a dash a part; with one, a colour is a part. */
export function groupsOf(runs: RunCurves[]): Group[] {
  const lines = runs.flatMap(({ name, curves }, run) =>
    curves.map((curve): Line & { measure: string } => {
      const { part, measure } = partOf(curve.name);
      const dash = runs.length > 1 ? (DASHES[part] ?? "solid") : "solid";
      return { run, runName: name, part, measure, curve, colour: colourOfRun(run), dash };
    }),
  );
  const measures = [...new Set(lines.map((line) => line.measure))];
  const groups = measures.map((measure): Group => {
    const own = lines.filter((line) => line.measure === measure);
    const parts = [...new Set(own.map((line) => line.part))].sort();
    const coloured = own.map((line) =>
      runs.length > 1 ? line : { ...line, colour: colourOfRun(parts.indexOf(line.part)) },
    );
    return { measure, parts, lines: coloured };
  });
  return groups.sort((one, other) => weight(other) - weight(one) || one.measure.localeCompare(other.measure));
}

/** What was validated comes first. */
function weight(group: Group): number {
  return group.parts.includes("validation") || group.parts.includes("test") ? 1 : 0;
}

/** What a line is called in its plot. */
export function titleOf(line: Line, runs: number): string {
  return runs > 1 ? [line.runName, line.part].filter(Boolean).join(" · ") : line.part || line.curve.name;
}

/**
 * A kernel average whose weights fall exponentially to both sides (Nadaraya and Watson's, 1964), so that it neither lags nor
 * leads; gaps stay gaps.
 */
export function smoothed(values: (number | null)[]): (number | null)[] {
  const keep = 1 - 1 / Math.max(2, values.length * REACH);
  const before = fading(values, keep);
  const after = fading([...values].reverse(), keep).reverse();
  return values.map((value, at) => {
    const [left, right] = [before[at], after[at]];
    return value === null || !left || !right ? null : (left.sum + right.sum - value) / (left.weight + right.weight - 1);
  });
}

/** For each place the sum of what stands up to it, faded by its distance, and that of the weights. */
function fading(values: (number | null)[], keep: number): { sum: number; weight: number }[] {
  let [sum, weight] = [0, 0];
  return values.map((value) => {
    sum = keep * sum + (value ?? 0);
    weight = keep * weight + (value === null ? 0 : 1);
    return { sum, weight };
  });
}

/** Whether a logarithm can show anything of a plot. */
export function hasPositive(lines: Line[]): boolean {
  return lines.some((line) => line.curve.values.some((value) => value !== null && value > 0));
}

/** What a plot cannot show, in words: values that are no numbers, and points left out of long curves. */
export function notesOf(lines: Line[]): string[] {
  const gaps = lines.reduce((sum, { curve }) => sum + curve.not_finite, 0);
  const firsts = lines.flatMap(({ curve }) => curve.odd.map((one) => curve.steps[one.at] ?? 0));
  const longest = Math.max(0, ...lines.filter(({ curve }) => curve.thinned).map(({ curve }) => curve.points));
  return [
    gaps ? `${counted(gaps, "value")} NaN or infinite, first at step ${Math.min(...firsts)}: the gaps.` : "",
    longest ? `Thinned from ${counted(longest, "point")}; no peak is lost.` : "",
  ].filter(Boolean);
}

export function tracesOf(lines: Line[], runs: number, options: Options, scheme: Scheme): Trace[] {
  const few = lines.every(({ curve }) => curve.values.length <= FEW);
  return lines.flatMap((line) => {
    const colour = legible(line.colour, scheme);
    const { steps, values } = line.curve;
    const shown = options.logarithmic ? values.map((value) => (value !== null && value > 0 ? value : null)) : values;
    const mode = few ? "lines+markers" : "lines";
    const base = {
      type: "scatter",
      x: steps,
      line: { color: colour, width: 2, dash: line.dash },
      marker: { color: colour, size: 5 },
    };
    const hover = `%{y:.5~g}<extra>${escaped(titleOf(line, runs))}</extra>`;
    if (!options.smooth) return [{ ...base, mode, y: shown, hovertemplate: hover }];
    const faint = { ...base, mode: "lines", y: shown, opacity: 0.28, hoverinfo: "skip" };
    return [faint, { ...base, mode: "lines", y: smoothed(shown), hovertemplate: hover }];
  });
}

/** A run's name inside Plotly's markup. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("{", "&#123;");
}

export function layoutOf(options: Options, scheme: Scheme, zoomable: boolean): Layout {
  const look = LOOKS[scheme];
  const axis = { gridcolor: look.grid, linecolor: look.line, tickcolor: look.line, zeroline: false, automargin: true };
  return {
    height: HEIGHT,
    autosize: true,
    margin: { l: 52, r: 12, t: 8, b: 40 },
    showlegend: false,
    hovermode: "x unified",
    dragmode: zoomable ? "zoom" : false,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: "'Inter Variable', sans-serif", size: 12, color: look.text },
    hoverlabel: { bgcolor: look.hover, bordercolor: look.line, font: { color: look.text } },
    xaxis: { ...axis, title: { text: "step", standoff: 4 }, hoverformat: ",d" },
    yaxis: { ...axis, type: options.logarithmic ? "log" : "linear", exponentformat: "power" },
  };
}

/** Names of runs that can be told apart: those that are called the same get the beginning of their id. */
export function namesApart(runs: { id: string; name: string }[]): string[] {
  return runs.map(({ id, name }) =>
    runs.some((one) => one.id !== id && one.name === name) ? `${name} (${id.slice(0, 6)})` : name,
  );
}
