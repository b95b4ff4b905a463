/** The plots of a result, one below the other, on one axis of time. */

import {
  ActionIcon,
  Button,
  Group,
  Skeleton,
  Stack,
  Text,
  Title,
  Tooltip,
  useComputedColorScheme,
} from "@mantine/core";
import { useInViewport } from "@mantine/hooks";
import { IconChartLine, IconPhotoDown, IconRepeat, IconZoomReset } from "@tabler/icons-react";
import { useCallback, useMemo, useRef, useState } from "react";
import { EmptyState } from "../shared/EmptyState";
import { notifyProblem } from "../shared/problems";
import type { Clock } from "./clock";
import { LOOKS, type Scheme } from "./colours";
import { hasLegend, heightOf, leftOf, linesOf } from "./figure";
import { Legend } from "./Legend";
import { Plot } from "./Plot";
import { type Figure, loadPlotly, type PlotElement } from "./plotly";
import classes from "./plots.module.css";
import { clockText } from "./time";
import { useRange, type Zoom } from "./zoom";

export type NamedFigure = { key: string; title: string; figure: Figure };

type Props = { plots: NamedFigure[]; clock: Clock; zoom: Zoom };

export function PlotStack({ plots, clock, zoom }: Props) {
  const left = useMemo(() => leftOf(plots.map((plot) => plot.figure)), [plots]);
  if (!plots.length) {
    return (
      <EmptyState icon={IconChartLine} title="Nothing to plot">
        Plots come from measurements, tracks, counts and events; save one of those in the pipeline to see them here.
      </EmptyState>
    );
  }
  return (
    <Stack gap="sm">
      <ZoomBar clock={clock} zoom={zoom} />
      {plots.map((plot) => (
        <PlotCard key={plot.key} plot={plot} clock={clock} zoom={zoom} left={left} />
      ))}
    </Stack>
  );
}

function ZoomBar({ clock, zoom }: { clock: Clock; zoom: Zoom }) {
  const range = useRange(zoom);
  if (!zoom.zoomed) {
    return (
      <Text size="sm" c="dimmed">
        Click a plot to go there in the video; drag sideways to zoom all plots.
      </Text>
    );
  }
  const loop = () => {
    clock.setSpan({ from: Math.max(range[0], clock.start), to: Math.min(range[1], clock.end) });
    void clock.play();
  };
  return (
    <Group gap="xs">
      <Text size="sm">
        Shown: {clockText(range[0])} to {clockText(range[1])}
      </Text>
      <Button size="compact-sm" variant="light" leftSection={<IconRepeat size={15} aria-hidden />} onClick={loop}>
        Loop this
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconZoomReset size={15} aria-hidden />}
        onClick={() => zoom.set("all")}
      >
        Show all
      </Button>
    </Group>
  );
}

type CardProps = { plot: NamedFigure; clock: Clock; zoom: Zoom; left: number };

function PlotCard({ plot, clock, zoom, left }: CardProps) {
  const { figure, title } = plot;
  const scheme: Scheme = useComputedColorScheme("light");
  const { ref, inViewport } = useInViewport();
  const wasSeen = useRef(false);
  // Drawn when it is first scrolled to, and kept: a pose has dozens of plots.
  wasSeen.current ||= inViewport;
  const lines = useMemo(() => linesOf(figure, scheme), [figure, scheme]);
  const [shown, setShown] = useState(() => new Set(lines.filter((line) => line.shown).map((line) => line.index)));
  const element = useRef<PlotElement | null>(null);
  const ready = useCallback((drawn: PlotElement) => {
    element.current = drawn;
  }, []);
  return (
    <section className={classes.card} ref={ref} aria-label={title}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb={4}>
        <Title order={3} style={{ overflowWrap: "anywhere" }}>
          {title}
        </Title>
        <Tooltip label="Save as a picture">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Save ${title} as a picture`}
            onClick={() => element.current && save(element.current, title, scheme).catch(notifyProblem)}
          >
            <IconPhotoDown size={17} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
      </Group>
      {hasLegend(figure) && <Legend lines={lines} shown={shown} onChange={setShown} />}
      {wasSeen.current ? (
        <Plot
          figure={figure}
          shown={shown}
          scheme={scheme}
          clock={clock}
          zoom={zoom}
          left={left}
          label={title}
          onReady={ready}
        />
      ) : (
        <Skeleton h={heightOf(figure)} animate={false} />
      )}
    </section>
  );
}

async function save(element: PlotElement, title: string, scheme: Scheme): Promise<void> {
  const plotly = await loadPlotly();
  await plotly.relayout(element, { paper_bgcolor: LOOKS[scheme].page });
  const [width, height] = [element.offsetWidth, element.offsetHeight];
  const filename = title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "plot";
  await plotly.downloadImage(element, { format: "png", filename, width, height, scale: 2 });
  await plotly.relayout(element, { paper_bgcolor: "rgba(0,0,0,0)" });
}
