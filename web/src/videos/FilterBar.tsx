import { Group, Select, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconFolder, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { counted } from "../shared/format";
import { type Filters, useFolders, type Video } from "./queries";

const states = [
  { value: "ready", label: "Ready" },
  { value: "probing", label: "Being checked" },
  { value: "uploading", label: "Uploading" },
  { value: "unusable", label: "Cannot be used" },
];

/** The filters stand in the address, so that a view can be shared and comes back with the back button. */
export function useFilters(): [Filters, (change: Filters) => void] {
  const [params, setParams] = useSearchParams();
  const filters: Filters = {
    q: params.get("q") ?? undefined,
    folder: params.get("folder") ?? undefined,
    state: (states.find((one) => one.value === params.get("state"))?.value as Video["state"]) ?? undefined,
    order: params.get("order") === "name" ? "name" : "newest",
  };
  const change = (next: Filters) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [key, value] of Object.entries(next)) value ? after.set(key, value) : after.delete(key);
        return after;
      },
      { replace: true },
    );
  return [filters, change];
}

type Props = { filters: Filters; onChange: (change: Filters) => void; total?: number };

export function FilterBar({ filters, onChange, total }: Props) {
  const folders = useFolders();
  const [text, setText] = useState(filters.q ?? "");
  const search = useDebouncedCallback((q: string) => onChange({ q }), 250);
  const named = (folders.data ?? []).filter((folder) => folder.name);
  return (
    <Group gap="xs" mb="md" component="search">
      <TextInput
        aria-label="Search videos by name"
        placeholder="Search by name"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          search(event.currentTarget.value);
        }}
        w={{ base: "100%", xs: 260 }}
      />
      {(named.length > 0 || filters.folder) && (
        <Select
          aria-label="Folder"
          placeholder="All folders"
          leftSection={<IconFolder size={16} aria-hidden />}
          clearable
          searchable
          data={named.map((folder) => ({ value: folder.name, label: `${folder.name} (${folder.videos})` }))}
          value={filters.folder ?? null}
          onChange={(folder) => onChange({ folder: folder ?? "" })}
          w={220}
        />
      )}
      <Select
        aria-label="State"
        placeholder="Any state"
        clearable
        data={states}
        value={filters.state ?? null}
        onChange={(state) => onChange({ state: (state ?? "") as Video["state"] })}
        w={150}
      />
      <Select
        aria-label="Order"
        allowDeselect={false}
        data={[
          { value: "newest", label: "Newest first" },
          { value: "name", label: "By name" },
        ]}
        value={filters.order ?? "newest"}
        onChange={(order) => onChange({ order: order === "name" ? "name" : undefined })}
        w={140}
      />
      {total != null && (
        <Text size="sm" c="dimmed" role="status" ml="auto">
          {counted(total, "video")}
        </Text>
      )}
    </Group>
  );
}
