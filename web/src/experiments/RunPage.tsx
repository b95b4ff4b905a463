/** One recorded training: how it ended, curves, reports, files, code, and all that it was set to. */

import { Alert, Anchor, Breadcrumbs, Skeleton, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { ago, counted, moment } from "../shared/format";
import { PageHeader } from "../shared/PageHeader";
import { PageProblem } from "../shared/PageProblem";
import { StatusPill } from "../shared/StatusPill";
import classes from "./experiments.module.css";
import { runQuery } from "./queries";
import { RunFacts } from "./RunFacts";
import { RunTabs } from "./RunTabs";
import type { Run } from "./types";
import { pillOf, took } from "./words";

export default function RunPage() {
  const { run: id = "" } = useParams();
  const answer = useQuery(runQuery(id));
  if (answer.isError && !answer.data) {
    const again = () => answer.refetch();
    return <PageProblem error={answer.error} onRetry={again} what="run" to="/experiments" all="See all experiments" />;
  }
  if (!answer.data) return <Waiting />;
  return <Loaded key={id} run={answer.data} />;
}

function Loaded({ run }: { run: Run }) {
  return (
    <>
      <PageHeader
        title={run.name}
        above={
          <Breadcrumbs mb={4} fz="sm">
            <Anchor component={Link} to="/experiments" size="sm">
              Experiments
            </Anchor>
            <Anchor component={Link} to={`/experiments?of=${encodeURIComponent(run.experiment)}`} size="sm">
              {run.experiment}
            </Anchor>
          </Breadcrumbs>
        }
      />
      <Text
        component="div"
        size="sm"
        mb="lg"
        style={{ display: "flex", gap: 10, alignItems: "center", flexWrap: "wrap" }}
      >
        <StatusPill {...pillOf(run.status)} size="lg" />
        <span title={moment(run.started)}>{story(run)}</span>
      </Text>
      <NotFinite run={run} />
      <div className={classes.columns}>
        <RunTabs run={run} />
        <RunFacts run={run} />
      </div>
    </>
  );
}

/** When it began, how long it took, and whether it went on after it was stopped. */
function story(run: Run): string {
  const again = run.starts > 1 ? `begun ${run.starts} times, each time from where it stood` : "";
  const length = run.seconds === null ? "" : `took ${took(run.seconds)}`;
  return [`Begun ${ago(run.started)}`, length, again].filter(Boolean).join(", ");
}

/** A last value that is no number is the first thing to know of a run. */
function NotFinite({ run }: { run: Run }) {
  const broken = run.metrics.filter((metric) => metric.odd);
  if (!broken.length) return null;
  return (
    <Alert
      color="yellow"
      mb="md"
      styles={{ title: { color: "var(--mantine-color-text)" } }}
      icon={<IconAlertTriangle aria-hidden />}
      title="The training did not end in numbers"
    >
      <Text size="sm">
        {counted(broken.length, "metric")} ended as NaN or infinity: {broken.map((metric) => metric.name).join(", ")}.
        The curves show where it began; <code>trackside diagnose</code> looks for the cause.
      </Text>
    </Alert>
  );
}

function Waiting() {
  return (
    <Stack aria-busy="true">
      <Skeleton h={36} w={320} />
      <Skeleton h={420} />
    </Stack>
  );
}
