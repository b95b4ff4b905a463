/** A figure of a finding, drawn by Plotly in the page's colours; loaded only when one is there. */

import { Text, useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { LOOKS, type Scheme } from "../../results/colours";
import { type Layout, loadPlotly, type Trace } from "../../results/plotly";
import classes from "./health.module.css";

type Props = { title: string; figure: unknown };
const HEIGHT = 280;

export default function Figure({ title, figure }: Props) {
  const root = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    let here = true;
    const { data, layout } = plain(figure);
    const config = { displayModeBar: false, responsive: true };
    const draw = async () => {
      const plotly = await loadPlotly();
      if (here) await plotly.react(element, data, dressed(layout, scheme), config);
    };
    draw().catch(() => here && setFailed(true));
    return () => {
      here = false;
      if (element.childElementCount) void loadPlotly().then((plotly) => plotly.purge(element));
    };
  }, [figure, scheme]);
  return (
    <figure className={classes.figure}>
      {failed ? (
        <Text c="dimmed" size="sm">
          The plot could not be loaded; reload the page.
        </Text>
      ) : (
        <div ref={root} role="img" aria-label={title} style={{ height: HEIGHT }} />
      )}
      <figcaption>{title}</figcaption>
    </figure>
  );
}

function plain(figure: unknown): { data: Trace[]; layout: Layout } {
  const { data, layout } = (figure ?? {}) as { data?: Trace[]; layout?: Layout };
  return { data: structuredClone(data ?? []), layout: structuredClone(layout ?? {}) };
}

function dressed(layout: Layout, scheme: Scheme): Layout {
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
