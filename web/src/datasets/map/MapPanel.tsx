/** The map of what is alike: every picture a point, near to those that look alike to a network. */

import { ActionIcon, Group, SegmentedControl, Skeleton, Text, Tooltip } from "@mantine/core";
import { IconFocusCentered, IconHandMove, IconLasso, IconMapOff, IconMinus, IconPlus } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { EmptyState } from "../../shared/EmptyState";
import { counted } from "../../shared/format";
import { Problems } from "../../shared/problems";
import { coloursOf } from "../colours";
import type { Filters } from "../look/filters";
import { editionOf, useMapPoints } from "../queries";
import type { Dataset } from "../types";
import { Legend } from "./Legend";
import { MapCanvas } from "./MapCanvas";
import classes from "./map.module.css";
import { type ColourBy, pointsOf } from "./points";

type Props = {
  dataset: Dataset;
  filters: Filters;
  colour: (label: string) => string;
  onArea: (area: string) => void;
  onOpen: (row: number) => void;
};

export default function MapPanel({ dataset, filters, colour, onArea, onOpen }: Props) {
  const answer = useMapPoints(dataset.id, editionOf(dataset), true);
  const points = useMemo(() => (answer.data ? pointsOf(answer.data) : null), [answer.data]);
  const [by, setBy] = useState<ColourBy>("class");
  const [drawing, setDrawing] = useState(false);
  const [zoom, setZoom] = useState<{ step: number; at: number }>({ step: 0, at: 0 });
  const split = useMemo(() => coloursOf(points?.splitNames ?? []), [points]);
  const colours = useMemo(() => ({ label: colour, split }), [colour, split]);

  if (answer.isError) return <Problems error={answer.error} onRetry={() => answer.refetch()} />;
  if (!points) return <Skeleton h="100%" radius={0} />;
  if (!points.count) {
    return (
      <EmptyState icon={IconMapOff} title="There is no map yet">
        It is drawn from a network's features when the data set is checked.
      </EmptyState>
    );
  }
  const press = (step: number) => setZoom((before) => ({ step, at: before.at + 1 }));
  const choices = [
    { value: "class", label: "Class" },
    ...(points.splitNames.length > 1 ? [{ value: "split", label: "Split" }] : []),
    { value: "suspicion", label: "Suspicion" },
  ];
  return (
    <section className={classes.panel} aria-label="Map">
      <Group className={classes.tools} gap="xs">
        <SegmentedControl
          size="xs"
          aria-label="Colour by"
          data={choices}
          value={by}
          onChange={(value) => setBy(value as ColourBy)}
        />
        <Group gap={4} ml="auto" wrap="nowrap">
          <Tool text="Move about" pressed={!drawing} onClick={() => setDrawing(false)}>
            <IconHandMove size={17} />
          </Tool>
          <Tool
            text="Draw around pictures to see only those (or drag with Shift)"
            pressed={drawing}
            onClick={() => setDrawing(true)}
          >
            <IconLasso size={17} />
          </Tool>
          <Tool text="Closer" onClick={() => press(1)}>
            <IconPlus size={17} />
          </Tool>
          <Tool text="Farther" onClick={() => press(-1)}>
            <IconMinus size={17} />
          </Tool>
          <Tool text="All of the map" onClick={() => press(0)}>
            <IconFocusCentered size={17} />
          </Tool>
        </Group>
      </Group>
      <MapCanvas
        dataset={dataset}
        points={points}
        by={by}
        filters={filters}
        colours={colours}
        drawing={drawing}
        zoom={zoom}
        onArea={onArea}
        onOpen={onOpen}
      />
      <Legend points={points} by={by} colours={colours} />
      <Text size="xs" c="dimmed" px="sm" pb={8}>
        {counted(points.count, "picture")}, near to what looks alike
        {answer.data?.made_of ? ` to ${answer.data.made_of}` : ""}.
      </Text>
    </section>
  );
}

type ToolProps = { text: string; pressed?: boolean; onClick: () => void; children: React.ReactNode };

function Tool({ text, pressed, onClick, children }: ToolProps) {
  return (
    <Tooltip label={text}>
      <ActionIcon
        variant={pressed ? "light" : "subtle"}
        color={pressed ? "brand" : "gray"}
        aria-label={text}
        aria-pressed={pressed}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
