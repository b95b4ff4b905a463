/** A figure of a finding, drawn by Plotly in the page's colours; loaded only when one is there. */

import { Text, useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { type Layout, loadPlotly, type Trace } from "../../results/plotly";
import { dressed, HEIGHT, withBars } from "./dressing";
import classes from "./health.module.css";

type Props = { title: string; figure: unknown };

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
      if (here) await plotly.react(element, withBars(data, scheme), dressed(layout, scheme), config);
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
