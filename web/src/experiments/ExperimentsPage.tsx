/** Experiments: trainings that were recorded, those of one experiment as a table or in parallel coordinates. */

import { SegmentedControl, Skeleton, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { counted } from "../shared/format";
import { PageHeader } from "../shared/PageHeader";
import { Problems } from "../shared/problems";
import { ExperimentList } from "./ExperimentList";
import classes from "./experiments.module.css";
import { NothingRecorded } from "./NothingRecorded";
import { Parallel } from "./Parallel";
import { experimentsQuery } from "./queries";
import { RunsPanel } from "./RunsPanel";
import type { Experiments } from "./types";

const VIEWS = [
  { value: "table", label: "Table" },
  { value: "parallel", label: "Parallel coordinates" },
];

export default function ExperimentsPage() {
  const answer = useQuery(experimentsQuery());
  return (
    <>
      <PageHeader
        title="Experiments"
        subtitle="Recorded trainings: settings, curves, reports and code, and what made the difference."
      />
      <Problems error={answer.error} onRetry={() => answer.refetch()} />
      {answer.isPending && <Waiting />}
      {answer.data && !answer.data.items.length && <NothingRecorded store={answer.data.store} />}
      {answer.data && answer.data.items.length > 0 && <Chosen all={answer.data.items} />}
    </>
  );
}

function Chosen({ all }: { all: Experiments["items"] }) {
  const [search, setSearch] = useSearchParams();
  // An address with a name that is not there shows what is: the newest.
  const chosen = all.find((one) => one.name === search.get("of")) ?? all[0];
  const view = search.get("view") === "parallel" ? "parallel" : "table";
  const choose = (name: string) => setSearch(view === "table" ? { of: name } : { of: name, view });
  const show = (next: string) =>
    setSearch(
      (old) => {
        next === "table" ? old.delete("view") : old.set("view", next);
        return old;
      },
      { replace: true },
    );
  if (!chosen) return null;
  return (
    <div className={classes.page} data-alone={all.length === 1 || undefined}>
      {all.length > 1 && <ExperimentList all={all} chosen={chosen.name} onChoose={choose} />}
      <section className={classes.chosen} aria-label={chosen.name}>
        <div className={classes.head}>
          <div>
            <Title order={2} className={classes.name}>
              {chosen.name}
            </Title>
            <span className={classes.soft}>{counted(chosen.runs, "run")}</span>
          </div>
          <SegmentedControl aria-label="Show as" data={VIEWS} value={view} onChange={show} />
        </div>
        {view === "table" ? (
          <RunsPanel key={chosen.name} experiment={chosen.name} />
        ) : (
          <Parallel key={chosen.name} experiment={chosen.name} />
        )}
      </section>
    </div>
  );
}

function Waiting() {
  return (
    <Stack aria-busy="true">
      <Skeleton h={36} w={320} />
      <Skeleton h={360} />
    </Stack>
  );
}
