/** All runs, newest first: how far, how they ended; two results can be put side by side. */

import { Button, Group, Select, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconArrowsLeftRight, IconPlayerPlay, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { EmptyState } from "../shared/EmptyState";
import { counted } from "../shared/format";
import { PageHeader } from "../shared/PageHeader";
import { Problems } from "../shared/problems";
import { useMay } from "../shared/session";
import { queueQuery, type Run, type RunFilters, runsQuery } from "./queries";
import RunDialog from "./RunDialog";
import { RunList } from "./RunList";
import { queueText } from "./states";

const STATES = [
  { value: "queued", label: "Waiting" },
  { value: "running", label: "Running" },
  { value: "done", label: "Done" },
  { value: "failed", label: "Failed" },
  { value: "cancelled", label: "Cancelled" },
];

export default function RunsPage() {
  const [dialog, { open, close }] = useDisclosure();
  const may = useMay("analyst");
  const queue = useQuery(queueQuery());
  return (
    <>
      <PageHeader
        title="Runs"
        subtitle={queue.data ? queueText(queue.data) : " "}
        actions={
          may && (
            <Button leftSection={<IconPlayerPlay size={17} aria-hidden />} onClick={open}>
              New run
            </Button>
          )
        }
      />
      <Runs onNew={may ? open : undefined} />
      <RunDialog opened={dialog} onClose={close} />
    </>
  );
}

function useFilters(): [RunFilters, (change: Partial<RunFilters>) => void] {
  const [search, setSearch] = useSearchParams();
  const filters: RunFilters = {
    q: search.get("q") ?? "",
    state: (STATES.find((state) => state.value === search.get("state"))?.value ?? "") as RunFilters["state"],
    pipeline: search.get("pipeline") ?? undefined,
    video: search.get("video") ?? undefined,
  };
  const change = (next: Partial<RunFilters>) =>
    setSearch(
      (old) => {
        for (const [name, value] of Object.entries(next)) value ? old.set(name, value) : old.delete(name);
        return old;
      },
      { replace: true },
    );
  return [filters, change];
}

function Runs({ onNew }: { onNew?: () => void }) {
  const [filters, change] = useFilters();
  const [q] = useDebouncedValue(filters.q, 250);
  const answer = useInfiniteQuery({ ...runsQuery({ ...filters, q }), placeholderData: keepPreviousData });
  const [chosen, setChosen] = useState<Run[]>([]);
  const runs = answer.data?.pages.flatMap((page) => page.items) ?? [];
  const total = answer.data?.pages[0]?.total ?? 0;
  const filtered = Boolean(filters.q || filters.state || filters.pipeline || filters.video);
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <TextInput
          aria-label="Search runs by name"
          placeholder="Search by name"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={filters.q}
          maxLength={100}
          onChange={(event) => change({ q: event.currentTarget.value })}
          w={{ base: "100%", xs: 260 }}
        />
        <Select
          aria-label="State"
          placeholder="Any state"
          data={STATES}
          value={filters.state || null}
          onChange={(state) => change({ state: (state ?? "") as RunFilters["state"] })}
          clearable
          w={160}
        />
        {(filters.pipeline || filters.video) && (
          <Button variant="default" onClick={() => change({ pipeline: "", video: "" })}>
            Show all runs
          </Button>
        )}
        <div style={{ marginLeft: "auto" }}>
          <CompareButton chosen={chosen} />
        </div>
      </Group>
      <Problems error={answer.error} onRetry={() => answer.refetch()} />
      {answer.isPending && <Waiting />}
      {answer.isSuccess && !runs.length && <Nothing filtered={filtered} onNew={onNew} />}
      {runs.length > 0 && <RunList runs={runs} chosen={chosen} onChoose={setChosen} />}
      {runs.length > 0 && (
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {answer.hasNextPage && `${runs.length.toLocaleString("en-GB")} of ${total >= 10_000 ? "more than " : ""}`}
            {counted(total, "run")}
          </Text>
          {answer.hasNextPage && (
            <Button variant="default" loading={answer.isFetchingNextPage} onClick={() => answer.fetchNextPage()}>
              Show more
            </Button>
          )}
        </Group>
      )}
    </Stack>
  );
}

function CompareButton({ chosen }: { chosen: Run[] }) {
  const navigate = useNavigate();
  const [left, right] = chosen;
  return (
    <Button
      variant="default"
      disabled={!left || !right}
      leftSection={<IconArrowsLeftRight size={16} aria-hidden />}
      title={left && right ? undefined : "Choose two finished runs in the list"}
      onClick={() => left && right && navigate(`/compare?left_run=${left.id}&right_run=${right.id}`)}
    >
      Compare{chosen.length ? ` (${chosen.length} of 2)` : ""}
    </Button>
  );
}

function Nothing({ filtered, onNew }: { filtered: boolean; onNew?: () => void }) {
  if (filtered) {
    return (
      <EmptyState icon={IconSearch} title="No run fits">
        Try another name or state.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={IconPlayerPlay}
      title="Nothing has been run yet"
      action={onNew && <Button onClick={onNew}>New run</Button>}
    >
      A run takes a pipeline over your videos and keeps what it finds: annotated videos, tables and plots.
    </EmptyState>
  );
}

function Waiting() {
  return (
    <Stack gap="xs" aria-busy="true">
      {["a", "b", "c", "d"].map((key) => (
        <Skeleton key={key} h={68} />
      ))}
    </Stack>
  );
}
