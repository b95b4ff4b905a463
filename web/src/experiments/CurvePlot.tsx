/** The curves of one measure, drawn by Plotly in the page's colours when they are first scrolled to. */

import { Skeleton, Text, Title, useComputedColorScheme } from "@mantine/core";
import { useInViewport } from "@mantine/hooks";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Scheme } from "../results/colours";
import { Legend } from "../results/Legend";
import { loadPlotly } from "../results/plotly";
import plots from "../results/plots.module.css";
import { type Group, hasPositive, type Line, layoutOf, notesOf, type Options, titleOf, tracesOf } from "./curves";
import { number } from "./words";

const CONFIG = { displayModeBar: false, responsive: true, showTips: false };

type Props = {
  group: Group;
  runs: number;
  options: Options;
  /** Places of runs that are hidden in all plots. */
  hidden: ReadonlySet<number>;
};

export function CurvePlot({ group, runs, options, hidden }: Props) {
  const { ref, inViewport } = useInViewport();
  const wasSeen = useRef(false);
  wasSeen.current ||= inViewport;
  const [off, setOff] = useState<ReadonlySet<number>>(new Set());
  const lines = useMemo(
    () => group.lines.filter((line, at) => !hidden.has(line.run) && !off.has(at)),
    [group, hidden, off],
  );
  const logarithmic = options.logarithmic && hasPositive(group.lines);
  const linear = options.logarithmic && !logarithmic ? "No value is above 0, so this axis stays linear." : "";
  const legend = group.lines.map((line, index) => ({
    index,
    name: titleOf(line, runs),
    colour: line.colour,
    shown: !off.has(index),
  }));
  return (
    <section className={plots.card} ref={ref} aria-label={group.measure}>
      <Title order={3} mb={4} style={{ overflowWrap: "anywhere" }}>
        {group.measure.replaceAll("_", " ")}
      </Title>
      {runs === 1 && legend.length > 1 && (
        <Legend
          lines={legend}
          shown={new Set(legend.filter((one) => one.shown).map((one) => one.index))}
          onChange={(shown) => setOff(new Set(legend.map((one) => one.index).filter((index) => !shown.has(index))))}
        />
      )}
      <Notes notes={[linear, ...notesOf(lines)]} />
      {wasSeen.current ? (
        <Drawn lines={lines} runs={runs} logarithmic={logarithmic} smooth={options.smooth} label={said(group, runs)} />
      ) : (
        <Skeleton h={260} animate={false} />
      )}
    </section>
  );
}

function Notes({ notes }: { notes: string[] }) {
  const told = notes.filter(Boolean).join(" ");
  return told ? (
    <Text size="xs" c="dimmed">
      {told}
    </Text>
  ) : null;
}

/** The plot in words: where each line ends. */
function said(group: Group, runs: number): string {
  const ends = group.lines.map((line) => `${titleOf(line, runs)} ends at ${number(line.curve.values.at(-1) ?? null)}`);
  return `${group.measure} by step: ${ends.join(", ")}`;
}

type DrawnProps = { lines: Line[]; runs: number; logarithmic: boolean; smooth: boolean; label: string };

function Drawn({ lines, runs, logarithmic, smooth, label }: DrawnProps) {
  const root = useRef<HTMLDivElement>(null);
  const scheme: Scheme = useComputedColorScheme("light");
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    let here = true;
    const draw = async () => {
      const plotly = await loadPlotly();
      const options = { logarithmic, smooth };
      const zoomable = !window.matchMedia("(pointer: coarse)").matches;
      const layout = layoutOf(options, scheme, zoomable);
      if (here) await plotly.react(element, tracesOf(lines, runs, options, scheme), layout, CONFIG);
    };
    draw().catch(() => here && setFailed(true));
    return () => {
      here = false;
    };
  }, [lines, runs, logarithmic, smooth, scheme]);
  useEffect(() => {
    const element = root.current;
    return () => {
      if (element?.childElementCount) void loadPlotly().then((plotly) => plotly.purge(element));
    };
  }, []);
  if (failed) return <Text c="dimmed">The plot could not be loaded; reload the page.</Text>;
  return <div ref={root} role="img" aria-label={label} style={{ minHeight: 260 }} />;
}
