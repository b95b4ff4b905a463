/** Chooses a result: a run, and one of its finished videos. */

import { Group, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { runQuery, runsQuery } from "../runs/queries";
import classes from "./compare.module.css";
import { itemFor } from "./comparing";
import { resultQuery } from "./queries";

type Props = { mark: "A" | "B"; label: string; id: string; onChoose: (id: string) => void };

export function SidePicker({ mark, label, id, onChoose }: Props) {
  const result = useQuery({ ...resultQuery(id), enabled: id !== "" }).data;
  const [picked, setPicked] = useState("");
  const run = picked || result?.run_id || "";
  const items = useQuery({ ...runQuery(run), enabled: run !== "" }).data?.items ?? [];
  const done = items.filter((item) => item.state === "done");
  const there = done.some((item) => item.id === id);
  // Another run was picked: the same video of it, or its first one.
  const first = picked && !there ? itemFor(done, result?.video_id) : "";
  useEffect(() => {
    if (first) onChoose(first);
  }, [first, onChoose]);
  return (
    <Group className={classes.picker} gap="xs" align="flex-end" wrap="nowrap">
      <span className={classes.mark} data-mark={mark} aria-hidden>
        {mark}
      </span>
      <RunSelect label={`${label}: run`} run={run} name={result?.run_name} onChoose={setPicked} />
      <Select
        label="Video"
        placeholder="Choose a video"
        data={done.map((item) => ({ value: item.id, label: item.video_name }))}
        value={there ? id : null}
        onChange={(next) => next && onChoose(next)}
        disabled={!done.length}
        allowDeselect={false}
        searchable
        flex={1}
        miw={0}
      />
    </Group>
  );
}

type RunProps = { label: string; run: string; name: string | undefined; onChoose: (run: string) => void };

function RunSelect({ label, run, name, onChoose }: RunProps) {
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text === name ? "" : text, 250);
  const answer = useInfiniteQuery({
    ...runsQuery({ q: q.slice(0, 100), state: "" }),
    placeholderData: keepPreviousData,
  });
  const runs = (answer.data?.pages[0]?.items ?? []).filter((one) => one.videos_done > 0);
  const data = runs.map((one) => ({ value: one.id, label: one.name }));
  if (run && name && !data.some((one) => one.value === run)) data.unshift({ value: run, label: name });
  return (
    <Select
      label={label}
      placeholder="Choose a run"
      data={data}
      value={run || null}
      onChange={(next) => next && onChoose(next)}
      onSearchChange={setText}
      filter={({ options }) => options}
      nothingFoundMessage="No finished run has this name"
      allowDeselect={false}
      searchable
      flex={1}
      miw={0}
    />
  );
}
