/** Which alarms are listed: state, camera, rule, time. */

import { Box, Group, Select, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTitles } from "../live/useTitles";
import classes from "./page.module.css";
import { type AlarmFilters, summaryQuery } from "./queries";
import type { AlarmState } from "./types";
import { PERIODS } from "./useFilters";
import { STATES } from "./words";

// Cameras and rules of as many days are offered.
const DAYS = 90;

// All of them fit into one line.
const SHORT: Partial<Record<AlarmState, string>> = { false: "False" };

type Props = {
  filters: AlarmFilters;
  onChange: (change: Partial<AlarmFilters>) => void;
  counts: Partial<Record<AlarmState, number>> | undefined;
};

export function FilterBar({ filters, onChange, counts }: Props) {
  const rows = useQuery(summaryQuery(DAYS)).data?.rows ?? [];
  const titleOf = useTitles();
  const all = STATES.reduce((sum, { value }) => sum + (counts?.[value] ?? 0), 0);
  const views = STATES.map(({ value, text }) => ({ value, text: SHORT[value] ?? text, count: counts?.[value] ?? 0 }));
  return (
    <Box role="search" aria-label="Alarms">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset brings borders and a legend */}
      <div className={classes.states} role="group" aria-label="State">
        {[...views, { value: "" as const, text: "All", count: all }].map(({ value, text, count }) => (
          <UnstyledButton
            key={value}
            className={classes.state}
            aria-pressed={filters.state === value}
            onClick={() => onChange({ state: value })}
          >
            {text}
            {counts && <span className={classes.count}>{count.toLocaleString("en-GB")}</span>}
          </UnstyledButton>
        ))}
      </div>
      <Group gap="xs" mt="sm">
        <Select
          aria-label="Camera"
          placeholder="Any camera"
          data={names(rows, "camera", filters.camera).map((value) => ({ value, label: titleOf(value) }))}
          value={filters.camera || null}
          onChange={(camera) => onChange({ camera: camera ?? "" })}
          searchable
          clearable
          className={classes.filter}
        />
        <Select
          aria-label="Rule"
          placeholder="Any rule"
          data={names(rows, "rule", filters.rule)}
          value={filters.rule || null}
          onChange={(rule) => onChange({ rule: rule ?? "" })}
          searchable
          clearable
          className={classes.filter}
        />
        <Select
          aria-label="Time"
          placeholder="Any time"
          data={PERIODS}
          value={filters.days ? String(filters.days) : null}
          onChange={(days) => onChange({ days: Number(days ?? 0) })}
          clearable
          className={classes.filter}
        />
      </Group>
    </Box>
  );
}

const order = new Intl.Collator("en-GB", { numeric: true });

/** The names that alarms have; one that is asked for is among them even if no alarm has it. */
function names(rows: { camera: string; rule: string }[], field: "camera" | "rule", chosen: string): string[] {
  const all = new Set(rows.map((row) => row[field]));
  if (chosen) all.add(chosen);
  return [...all].filter(Boolean).sort(order.compare);
}
