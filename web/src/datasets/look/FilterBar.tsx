import { ActionIcon, Badge, Button, CloseButton, Group, Select, Slider, Text, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconMap2, IconPhoto, IconPhotoFilled, IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { counted } from "../../shared/format";
import type { Facets } from "../types";
import { spoken } from "../words";
import { type Filters, isFiltering, ORDERS, type Order } from "./filters";
import classes from "./look.module.css";

type Props = {
  filters: Filters;
  onChange: (change: Partial<Filters>) => void;
  facets: Facets | undefined;
  total: number | null;
  zoom: number;
  onZoom: (zoom: number) => void;
  map: boolean;
  onMap: (shown: boolean) => void;
};

export const ZOOM = { least: 48, most: 320, usual: 150 };
// A list of all of 100,000 classes would be no help: it is searched.
const SHOWN = 100;

export function FilterBar({ filters, onChange, facets, total, zoom, onZoom, map, onMap }: Props) {
  return (
    <search className={classes.bar}>
      <Search q={filters.q} onChange={(q) => onChange({ q })} />
      <Facet
        name="Class"
        all="All classes"
        none="No class"
        counts={facets?.classes}
        value={filters.label}
        onChange={(label) => onChange({ label })}
      />
      <Facet
        name="Split"
        all="All splits"
        none="No split"
        counts={facets?.splits}
        value={filters.split}
        onChange={(split) => onChange({ split })}
      />
      <Facet
        name="Group"
        all="All groups"
        none="No group"
        counts={facets?.groups}
        value={filters.group}
        onChange={(group) => onChange({ group })}
      />
      <Facet
        name="Check"
        all="Any finding"
        none=""
        counts={facets?.checks}
        words={spoken}
        value={filters.check || null}
        onChange={(check) => onChange({ check: check ?? "" })}
      />
      <Select
        aria-label="Order"
        allowDeselect={false}
        data={[...ORDERS]}
        value={filters.order}
        onChange={(order) => onChange({ order: order as Order })}
        w={160}
        size="xs"
      />
      {filters.area && (
        <Badge
          variant="light"
          radius="sm"
          tt="none"
          rightSection={
            <CloseButton size={16} aria-label="Forget the part of the map" onClick={() => onChange({ area: "" })} />
          }
        >
          Part of the map
        </Badge>
      )}
      {isFiltering(filters) && (
        <Button size="xs" variant="subtle" onClick={() => onChange(NOTHING)}>
          Show all
        </Button>
      )}
      <Group gap="sm" wrap="nowrap" className={classes.tools}>
        <Text size="sm" c="dimmed" role="status" style={{ whiteSpace: "nowrap" }}>
          {total === null ? "…" : counted(total, "picture")}
        </Text>
        <Zoom zoom={zoom} onZoom={onZoom} />
        <Tooltip label="Map of what is alike (M)">
          <ActionIcon
            variant={map ? "filled" : "default"}
            size="lg"
            aria-label="Map of what is alike"
            aria-pressed={map}
            onClick={() => onMap(!map)}
          >
            <IconMap2 size={18} />
          </ActionIcon>
        </Tooltip>
      </Group>
    </search>
  );
}

const NOTHING = { label: null, split: null, group: null, check: "", q: "", area: "" };

function Search({ q, onChange }: { q: string; onChange: (q: string) => void }) {
  const [text, setText] = useState(q);
  const search = useDebouncedCallback(onChange, 250);
  useEffect(() => setText(q), [q]);
  return (
    <TextInput
      aria-label="Search pictures by name"
      placeholder="Search by name"
      size="xs"
      w={170}
      leftSection={<IconSearch size={15} aria-hidden />}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        search(event.currentTarget.value);
      }}
    />
  );
}

type FacetProps = {
  name: string;
  all: string;
  none: string;
  counts: Facets["classes"] | undefined;
  words?: (name: string) => string;
  value: string | null;
  onChange: (value: string | null) => void;
};

/** One filter; it is there if there is something to choose. */
function Facet({ name, all, none, counts, words = (text) => text, value, onChange }: FacetProps) {
  const known = (counts ?? []).map((one) => ({ value: `=${one.name}`, label: labelOf(one) }));
  function labelOf(one: { name: string; count: number }): string {
    return `${one.name ? words(one.name) : none} (${one.count.toLocaleString("en-GB")})`;
  }
  if (value === null && known.filter((one) => one.value !== "=").length === 0) return null;
  if (value !== null && !known.some((one) => one.value === `=${value}`)) {
    known.unshift({ value: `=${value}`, label: value ? words(value) : none });
  }
  return (
    <Select
      aria-label={name}
      placeholder={all}
      clearable
      clearButtonProps={{ "aria-label": `${name}: ${all}` }}
      searchable
      limit={SHOWN}
      size="xs"
      w={150}
      data={known}
      value={value === null ? null : `=${value}`}
      onChange={(chosen) => onChange(chosen === null ? null : chosen.slice(1))}
      nothingFoundMessage="Nothing is called so"
      comboboxProps={{ width: 240, position: "bottom-start" }}
    />
  );
}

function Zoom({ zoom, onZoom }: { zoom: number; onZoom: (zoom: number) => void }) {
  return (
    <Group gap={8} wrap="nowrap" className={classes.zoom}>
      <IconPhoto size={14} aria-hidden />
      <Slider
        thumbLabel="Size of the pictures"
        min={ZOOM.least}
        max={ZOOM.most}
        step={4}
        value={zoom}
        onChange={onZoom}
        label={null}
        size="sm"
        w={110}
      />
      <IconPhotoFilled size={19} aria-hidden />
    </Group>
  );
}
