/** One plot over media time: a line moves with the video, a click seeks it, a drag zooms all plots of the page. */

import { Text } from "@mantine/core";
import { memo, type PointerEvent, useCallback, useEffect, useRef, useState } from "react";
import type { Clock } from "./clock";
import type { Scheme } from "./colours";
import { layoutOf, rangeIn, ticksOf, traces } from "./figure";
import { type Figure, type Layout, loadPlotly, type PlotElement } from "./plotly";
import classes from "./plots.module.css";
import type { Zoom } from "./zoom";

type Props = {
  figure: Figure;
  shown: ReadonlySet<number>;
  scheme: Scheme;
  clock: Clock;
  zoom: Zoom;
  /** Pixels left of the axis of time. */
  left: number;
  label: string;
  onReady?: (plot: PlotElement) => void;
};

const CONFIG = { displayModeBar: false, responsive: false, doubleClick: false, showTips: false };
// A press that moves less than this is a click: it seeks.
const CLICK_PX = 4;
// Two clicks within this time show the whole again.
const DOUBLE_MS = 350;

export const Plot = memo(function Plot({ figure, shown, scheme, clock, zoom, left, label, onReady }: Props) {
  const root = useRef<HTMLDivElement>(null);
  const cursor = useRef<HTMLDivElement>(null);
  const clicked = useRef(0);
  const [failed, setFailed] = useState(false);

  const follow = useCallback(() => {
    const axis = (root.current as PlotElement | null)?._fullLayout?.xaxis;
    if (!axis || !cursor.current) return;
    const share = (clock.time - axis.range[0]) / (axis.range[1] - axis.range[0]);
    cursor.current.style.opacity = share >= 0 && share <= 1 ? "1" : "0";
    cursor.current.style.transform = `translateX(${axis._offset + share * axis._length}px)`;
  }, [clock]);

  useEffect(() => clock.listen(follow), [clock, follow]);

  useEffect(() => {
    const element = root.current;
    if (!element) return;
    let current = true;
    const zoomable = !window.matchMedia("(pointer: coarse)").matches;
    const draw = async () => {
      const plotly = await loadPlotly();
      if (!current) return;
      const layout = layoutOf(figure, zoom.range, scheme, zoomable, left);
      const plot = await plotly.react(element, traces(figure, shown, scheme), layout, CONFIG);
      if (!current) return;
      plot.removeAllListeners?.("plotly_relayout");
      plot.on("plotly_relayout", (change) => {
        const range = rangeIn(change);
        if (range) zoom.set(range);
        follow();
      });
      follow();
      onReady?.(plot);
    };
    draw().catch(() => current && setFailed(true));
    return () => {
      current = false;
    };
  }, [figure, shown, scheme, zoom, left, follow, onReady]);

  useEffect(() => onZoomAndSize(root.current, zoom, follow), [zoom, follow]);

  const press = (down: PointerEvent) => {
    if (down.button !== 0) return;
    // Plotly lays a cover over the page while a button is down: the release is heard by the window alone.
    const release = (up: globalThis.PointerEvent) => {
      const time = timeAt(root.current as PlotElement | null, up.clientX);
      if (time === null || Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY) >= CLICK_PX) return;
      if (up.timeStamp - clicked.current < DOUBLE_MS) zoom.set("all");
      clicked.current = up.timeStamp;
      clock.seek(time);
    };
    window.addEventListener("pointerup", release, { once: true, capture: true });
  };

  if (failed) return <Text c="dimmed">The plot could not be loaded; reload the page.</Text>;
  return (
    // The same can be done with the video's controls: a pointer is never needed.
    <div className={classes.plot} onPointerDownCapture={press}>
      <div ref={root} role="img" aria-label={label} />
      <div ref={cursor} className={classes.cursor} aria-hidden />
    </div>
  );
});

/** Media time under the pointer, or null beside the plot's area. */
function timeAt(plot: PlotElement | null, clientX: number): number | null {
  const axis = plot?._fullLayout?.xaxis;
  if (!plot || !axis) return null;
  const share = (clientX - plot.getBoundingClientRect().left - axis._offset) / axis._length;
  return share >= 0 && share <= 1 ? axis.range[0] + share * (axis.range[1] - axis.range[0]) : null;
}

function zoomOf(range: Zoom["range"]): Layout {
  const { tickvals, ticktext } = ticksOf(range);
  return { "xaxis.range": [...range], "xaxis.tickvals": tickvals, "xaxis.ticktext": ticktext };
}

function onZoomAndSize(element: HTMLDivElement | null, zoom: Zoom, follow: () => void): (() => void) | undefined {
  if (!element) return undefined;
  const drawn = () => (element as PlotElement)._fullLayout?.xaxis !== undefined;
  const zoomed = async () => {
    if (!drawn()) return;
    await (await loadPlotly()).relayout(element, zoomOf(zoom.range));
    follow();
  };
  const resized = async () => {
    if (!drawn() || !element.isConnected || !element.offsetWidth) return;
    await (await loadPlotly()).Plots.resize(element);
    follow();
  };
  const stop = zoom.watch(() => void zoomed());
  const observer = new ResizeObserver(() => void resized());
  observer.observe(element);
  return () => {
    stop();
    observer.disconnect();
    // Not drawn yet: there is nothing to take away, and Plotly need not be loaded for it.
    if (drawn()) void loadPlotly().then((plotly) => plotly.purge(element));
  };
}
