import { Group, Progress, SimpleGrid, Skeleton, Text } from "@mantine/core";
import { Link } from "react-router";
import type { Shape } from "../api/client";
import { about, ago, counted, percent } from "../shared/format";
import { StatusPill } from "../shared/StatusPill";
import { Thumbnail } from "../shared/Thumbnail";
import classes from "./home.module.css";
import { useRunPicture } from "./queries";
import { Row } from "./Row";

type Run = Shape<"RunShape">;

/** The newest runs; none, nothing: the steps above say what to do. */
export function RecentRuns({ runs }: { runs: Run[] | undefined }) {
  if (runs?.length === 0) return null;
  return (
    <Row title="Recent runs" to="/runs" more="All runs">
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
        {runs
          ? runs.map((run) => <RunTile key={run.id} run={run} />)
          : ["a", "b", "c"].map((key) => <Skeleton key={key} h={96} />)}
      </SimpleGrid>
    </Row>
  );
}

function RunTile({ run }: { run: Run }) {
  const picture = useRunPicture(run.id);
  return (
    <Link to={`/runs/${run.id}`} className={classes.tile} data-side>
      <Thumbnail src={picture} width={116} />
      <span className={classes.tileText}>
        <Text size="sm" fw={550} truncate>
          {run.name}
        </Text>
        <Text size="xs" c="dimmed" truncate mb={6}>
          {counted(run.videos, "video")} · {ago(run.created)}
        </Text>
        {run.state === "running" ? (
          <>
            <Progress value={run.fraction * 100} size="sm" mb={4} aria-label={`Progress of ${run.name}`} />
            <Text size="xs" c="dimmed" truncate>
              {percent(run.fraction)}
              {run.seconds_left != null && ` · ${about(run.seconds_left)} left`}
            </Text>
          </>
        ) : (
          <Group gap={6}>
            <StatusPill state={run.state} size="sm" />
          </Group>
        )}
      </span>
    </Link>
  );
}
