/** Which columns the table of runs shows. */

import { Button, Checkbox, Popover, ScrollArea, Stack, Text, TextInput } from "@mantine/core";
import { IconColumns3, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import type { Column, RunsPage } from "./types";

type Props = {
  page: RunsPage;
  shown: Column[];
  /** Nobody has chosen yet. */
  isUsual: boolean;
  /** Keys of columns; null for the usual ones. */
  onChange: (keys: string[] | null) => void;
};

export function ColumnPicker({ page, shown, isUsual, onChange }: Props) {
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const fitting = page.columns.filter((column) => column.name.toLowerCase().includes(wanted));
  const keys = new Set(shown.map((column) => column.key));
  const toggle = (key: string) => {
    const next = new Set(keys);
    if (!next.delete(key)) next.add(key);
    onChange([...next]);
  };
  const part = (title: string, kind: Column["kind"]) => {
    const own = fitting.filter((column) => column.kind === kind);
    if (!own.length) return null;
    return (
      <fieldset style={{ border: 0, margin: 0, padding: 0 }}>
        <Text component="legend" size="xs" fw={600} c="dimmed" mb={6}>
          {title}
        </Text>
        <Stack gap={6}>
          {own.map((column) => (
            <Checkbox
              key={column.key}
              size="xs"
              label={column.varies ? column.name : `${column.name} (the same in all)`}
              checked={keys.has(column.key)}
              onChange={() => toggle(column.key)}
            />
          ))}
        </Stack>
      </fieldset>
    );
  };
  return (
    <Popover position="bottom-start" shadow="md" trapFocus width={300}>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} aria-hidden />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns of the table">
        <TextInput
          aria-label="Search columns"
          placeholder="Search"
          size="xs"
          mb="sm"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <ScrollArea.Autosize mah="46vh" type="auto">
          <Stack gap="md">
            {part("Settings", "setting")}
            {part("Metrics", "metric")}
            {!fitting.length && (
              <Text size="sm" c="dimmed">
                No column has that in its name.
              </Text>
            )}
          </Stack>
        </ScrollArea.Autosize>
        <Button mt="sm" size="xs" variant="subtle" disabled={isUsual} onClick={() => onChange(null)}>
          The usual ones
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
