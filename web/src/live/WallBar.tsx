/** What the wall shows, in which order and how large. */

import { Group, SegmentedControl, Select, Switch, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type Filters, type Sort, STATES } from "./states";
import type { Size } from "./Tile";
import type { State } from "./types";

const SORTS: { value: Sort; label: string }[] = [
  { value: "name", label: "By name" },
  { value: "state", label: "Trouble first" },
  { value: "alarms", label: "Most alarms first" },
];

export const SIZES: { value: Size; label: string }[] = [
  { value: "small", label: "S" },
  { value: "medium", label: "M" },
  { value: "large", label: "L" },
];

type Props = {
  filters: Filters;
  onChange: (change: Partial<Filters>) => void;
  size: Size;
  onSize: (size: Size) => void;
  boxes: boolean;
  onBoxes: (boxes: boolean) => void;
};

export function WallBar({ filters, onChange, size, onSize, boxes, onBoxes }: Props) {
  return (
    <Group gap="sm" mb="md" role="search" aria-label="Cameras">
      <TextInput
        aria-label="Search cameras"
        placeholder="Search by name or pipeline"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={filters.q}
        maxLength={100}
        onChange={(event) => onChange({ q: event.currentTarget.value })}
        w={{ base: "100%", xs: 230 }}
      />
      <Select
        aria-label="State"
        placeholder="Any state"
        data={STATES.map(({ value, text }) => ({ value, label: text }))}
        value={filters.state || null}
        onChange={(state) => onChange({ state: (state ?? "") as State | "" })}
        clearable
        w={150}
      />
      <Select
        aria-label="Order"
        data={SORTS}
        value={filters.sort}
        onChange={(sort) => onChange({ sort: (sort ?? "name") as Sort })}
        allowDeselect={false}
        w={165}
      />
      <Switch
        label="With alarms"
        checked={filters.alarms}
        onChange={(event) => onChange({ alarms: event.currentTarget.checked })}
      />
      <Group gap="sm" ml="auto">
        <Switch label="Boxes" checked={boxes} onChange={(event) => onBoxes(event.currentTarget.checked)} />
        <SegmentedControl
          aria-label="Size of the pictures"
          data={SIZES}
          value={size}
          onChange={(value) => onSize(value as Size)}
        />
      </Group>
    </Group>
  );
}
