/** One run: how far it is, what each video does, its log, and what was run. */

import { Anchor, Grid, Progress, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { ago, moment, percent } from "../shared/format";
import { PageHeader } from "../shared/PageHeader";
import { PageProblem } from "../shared/PageProblem";
import { StatusPill } from "../shared/StatusPill";
import { LogPanel } from "./LogPanel";
import { PipelineCard } from "./PipelineCard";
import { type RunFull, runQuery } from "./queries";
import { RunActs } from "./RunActs";
import { leftText, live, priorityText, progressText, tookText } from "./states";
import { VideoRow } from "./VideoRow";

export default function RunPage() {
  const { id = "" } = useParams();
  const answer = useQuery(runQuery(id));
  if (answer.isError && !answer.data) {
    const again = () => answer.refetch();
    return <PageProblem error={answer.error} onRetry={again} what="run" to="/runs" all="See all runs" />;
  }
  if (!answer.data) return <Waiting />;
  return <Loaded run={answer.data} />;
}

function Loaded({ run }: { run: RunFull }) {
  const first = run.items.find((item) => item.state === "done")?.id;
  return (
    <>
      <PageHeader
        title={run.name}
        above={
          <Anchor component={Link} to="/runs" size="sm">
            Runs
          </Anchor>
        }
        subtitle={<Subtitle run={run} />}
        actions={<RunActs run={run} />}
      />
      <Whole run={run} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Stack gap="sm">
            {run.items.map((item) => (
              <VideoRow key={item.id} item={item} first={item.id === first} />
            ))}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="lg">
            <PipelineCard run={run} />
            <LogPanel run={run} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}

function Subtitle({ run }: { run: RunFull }) {
  const priority = live(run.state) && run.priority ? ` · ${priorityText(run.priority).toLowerCase()} priority` : "";
  return (
    <span title={moment(run.created)}>
      Begun {ago(run.created)}
      {run.owner && ` by ${run.owner}`}
      {run.slot === "gpu" && " · on a graphics card"}
      {priority}
    </span>
  );
}

function Whole({ run }: { run: RunFull }) {
  const left = leftText(run);
  const words = [progressText(run), live(run.state) && percent(run.fraction), left, tookText(run)]
    .filter(Boolean)
    .join(" · ");
  return (
    <Stack gap={6} mb="lg">
      <Text component="div" size="sm" style={{ display: "flex", gap: 10, alignItems: "center", flexWrap: "wrap" }}>
        <StatusPill state={run.state} size="lg" /> <span aria-live="polite">{words}</span>
      </Text>
      {live(run.state) && run.videos > 1 && (
        <Progress value={run.fraction * 100} size="md" aria-label="Progress of the run" />
      )}
    </Stack>
  );
}

function Waiting() {
  return (
    <Stack aria-busy="true">
      <Skeleton h={36} w={320} />
      <Skeleton h={120} />
      <Skeleton h={120} />
    </Stack>
  );
}
