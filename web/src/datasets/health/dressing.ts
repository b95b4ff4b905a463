/** Figures of findings in the colours of the page, light or dark. */

import { LOOKS, type Scheme } from "../../results/colours";
import type { Layout, Trace } from "../../results/plotly";

export const HEIGHT = 280;

/** The layout without sizes, titles and templates of its own. */
export function dressed(layout: Layout, scheme: Scheme): Layout {
  const look = LOOKS[scheme];
  const axis = { gridcolor: look.grid, linecolor: look.line, zerolinecolor: look.line, automargin: true };
  const { template: _, title: __, width: ___, ...rest } = layout as Record<string, unknown>;
  return {
    ...rest,
    height: HEIGHT,
    autosize: true,
    margin: { l: 48, r: 12, t: 12, b: 44 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: "'Inter Variable', sans-serif", size: 12, color: look.text },
    xaxis: { ...axis, ...(rest.xaxis as object) },
    yaxis: { ...axis, ...(rest.yaxis as object) },
  };
}

/** Traces whose error bars can be seen: Plotly draws them nearly black unless it is told a colour. */
export function withBars(data: Trace[], scheme: Scheme): Trace[] {
  return data.map((trace) => {
    const bars = ["error_x", "error_y"].filter((key) => (trace as Record<string, unknown>)[key]);
    const told = bars.map((key) => [
      key,
      { color: LOOKS[scheme].text, ...((trace as Record<string, object>)[key] ?? {}) },
    ]);
    return { ...trace, ...Object.fromEntries(told) };
  });
}
