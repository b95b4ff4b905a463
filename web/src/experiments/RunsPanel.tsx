/** The runs of an experiment: search, sort, choose columns, tick some to compare. */

import { Button, Group, Pagination, SegmentedControl, Select, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue, useLocalStorage } from "@mantine/hooks";
import { IconArrowsLeftRight, IconSearch, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { EmptyState } from "../shared/EmptyState";
import { counted } from "../shared/format";
import { Problems } from "../shared/problems";
import { ColumnPicker } from "./ColumnPicker";
import { NEWEST, type Sort, shownColumns, sortedBy } from "./columns";
import { ROWS, type RunsAsk, runsQuery } from "./queries";
import { RunRows } from "./RunRows";
import type { RunRow, RunsPage, Which } from "./types";
import { pillOf } from "./words";

export const MOST_COMPARED = 8;
const WHICH = [
  { value: "last", label: "Last" },
  { value: "best", label: "Best" },
];

export function RunsPanel({ experiment }: { experiment: string }) {
  const [page, setPage] = useState(1);
  const [sort, setSort] = useState<Sort>(NEWEST);
  const [which, setWhich] = useState<Which>("last");
  const [text, setText] = useState("");
  const [status, setStatus] = useState("");
  const [q] = useDebouncedValue(text, 250);
  const ask: RunsAsk = {
    ...{ experiment, offset: (page - 1) * ROWS, limit: ROWS, q, status, value: which },
    ...{ order: sort.by, descending: sort.descending },
  };
  const answer = useQuery(runsQuery(ask));
  const first = (change: () => void) => {
    change();
    setPage(1);
  };
  if (answer.isError && !answer.data) return <Problems error={answer.error} onRetry={() => answer.refetch()} />;
  if (!answer.data) return <Skeleton h={360} />;
  return (
    <Found
      page={answer.data}
      sort={sort}
      which={which}
      onSort={(next) => first(() => setSort(next))}
      search={
        <>
          <TextInput
            aria-label="Search runs by name or id"
            placeholder="Search by name or id"
            leftSection={<IconSearch size={16} aria-hidden />}
            value={text}
            maxLength={100}
            onChange={(event) => {
              const { value } = event.currentTarget;
              first(() => setText(value));
            }}
            w={{ base: "100%", xs: 220 }}
          />
          <Select
            aria-label="Status"
            placeholder="Any status"
            data={answer.data.statuses.map((value) => ({ value, label: pillOf(value).text ?? capital(value) }))}
            value={status || null}
            onChange={(value) => first(() => setStatus(value ?? ""))}
            clearable
            w={140}
          />
          <SegmentedControl
            aria-label="Which value of a metric"
            data={WHICH}
            value={which}
            onChange={(value) => first(() => setWhich(value as Which))}
          />
        </>
      }
      foot={<Foot page={answer.data} at={page} onPage={setPage} />}
      filtered={Boolean(q || status)}
    />
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

type FoundProps = {
  page: RunsPage;
  sort: Sort;
  which: Which;
  onSort: (sort: Sort) => void;
  search: React.ReactNode;
  foot: React.ReactNode;
  filtered: boolean;
};

function Found({ page, sort, which, onSort, search, foot, filtered }: FoundProps) {
  const [ticked, setTicked] = useState<RunRow[]>([]);
  const [chosen, setChosen] = useLocalStorage<string[] | null>({
    key: `trackside-experiment-columns ${page.experiment}`,
    defaultValue: null,
    getInitialValueInEffect: false,
  });
  const columns = shownColumns(page, chosen);
  const tick = (row: RunRow) => {
    const without = ticked.filter((other) => other.id !== row.id);
    setTicked(without.length < ticked.length ? without : [...ticked, row].slice(0, MOST_COMPARED));
  };
  return (
    <Stack gap="sm">
      <Group gap="xs">
        {search}
        <ColumnPicker page={page} shown={columns} isUsual={chosen === null} onChange={setChosen} />
        <CompareButton ticked={ticked} onClear={() => setTicked([])} />
      </Group>
      {page.rows.length ? (
        <RunRows
          page={page}
          columns={columns}
          sort={sort}
          which={which}
          onSort={(by, lower) => onSort(sortedBy(sort, by, lower))}
          ticked={ticked}
          onTick={tick}
        />
      ) : (
        <EmptyState icon={IconSearch} title={filtered ? "No run fits" : "No runs yet"}>
          {filtered ? "Try another name or status." : "A run appears here as soon as its training begins."}
        </EmptyState>
      )}
      {foot}
    </Stack>
  );
}

function Foot({ page, at, onPage }: { page: RunsPage; at: number; onPage: (page: number) => void }) {
  const pages = Math.max(1, Math.ceil(page.total / ROWS));
  return (
    <Group justify="space-between" gap="xs">
      <Text size="sm" c="dimmed" role="status">
        {counted(page.total, "run")}
      </Text>
      {pages > 1 && (
        <Pagination
          total={pages}
          value={at}
          onChange={onPage}
          size="sm"
          siblings={1}
          getControlProps={(control) => ({ "aria-label": `${control} page` })}
        />
      )}
    </Group>
  );
}

function CompareButton({ ticked, onClear }: { ticked: RunRow[]; onClear: () => void }) {
  const navigate = useNavigate();
  const few = ticked.length < 2;
  return (
    <Group gap={4} ml="auto" wrap="nowrap">
      {ticked.length > 0 && (
        <Button variant="subtle" color="gray" leftSection={<IconX size={15} aria-hidden />} onClick={onClear}>
          Untick all
        </Button>
      )}
      <Button
        variant={few ? "default" : "filled"}
        disabled={few}
        leftSection={<IconArrowsLeftRight size={16} aria-hidden />}
        title={few ? `Tick 2 to ${MOST_COMPARED} runs in the table` : undefined}
        onClick={() => navigate(`/experiments/compare?runs=${ticked.map((row) => row.id).join(",")}`)}
      >
        Compare{ticked.length ? ` (${ticked.length})` : ""}
      </Button>
    </Group>
  );
}
