/** One video of a run: what becomes of it, with a live picture while it is worked on. */

import { Button, Card, Group, Progress, Text } from "@mantine/core";
import { IconAlertTriangle, IconChartLine } from "@tabler/icons-react";
import { Link } from "react-router";
import { about, bytes, counted, percent } from "../shared/format";
import { StatusPill } from "../shared/StatusPill";
import { Thumbnail } from "../shared/Thumbnail";
import { LivePicture } from "./LivePicture";
import type { RunVideo } from "./queries";
import { placed } from "./RunProblems";
import classes from "./video.module.css";

/** `first`: what most people do next. */
export function VideoRow({ item, first = false }: { item: RunVideo; first?: boolean }) {
  const thumbnail = `/api/videos/${item.video_id}/thumbnail`;
  return (
    <Card padding="sm" component="article" aria-label={item.video_name}>
      <div className={classes.row} data-running={item.state === "running" || undefined}>
        {item.state === "running" && item.live ? (
          <LivePicture address={item.live} fallback={thumbnail} name={item.video_name} />
        ) : (
          <Thumbnail src={thumbnail} />
        )}
        <div className={classes.about}>
          <Group gap="xs" wrap="nowrap">
            <Text fw={550} truncate style={{ minWidth: 0 }}>
              {item.video_name}
            </Text>
            <StatusPill state={item.state} />
          </Group>
          <Work item={item} />
          {item.problems.map((problem) => (
            <Text
              key={problem.what + problem.block}
              size="sm"
              c="var(--mantine-color-error)"
              className={classes.problem}
            >
              <IconAlertTriangle size={16} aria-hidden /> <span>{placed(problem)}</span>
            </Text>
          ))}
        </div>
        {item.state === "done" && (
          <Button
            component={Link}
            to={`/results/${item.id}`}
            variant={first ? "filled" : "light"}
            leftSection={<IconChartLine size={16} aria-hidden />}
            aria-label={`Look at the result of ${item.video_name}`}
          >
            Look at the result
          </Button>
        )}
      </div>
    </Card>
  );
}

function Work({ item }: { item: RunVideo }) {
  return (
    <>
      {item.state === "running" && (
        <Progress value={item.fraction * 100} size="sm" my={6} aria-label={`Progress of ${item.video_name}`} />
      )}
      <Text size="sm" c="dimmed">
        {workText(item)}
      </Text>
    </>
  );
}

/** What is going on, in one line. */
export function workText(item: RunVideo): string {
  const frames = item.records ? counted(item.records, "frame") : "";
  const again = item.attempts > 1 ? `attempt ${item.attempts}` : "";
  const parts: Record<RunVideo["state"], string[]> = {
    queued: [item.place ? `number ${item.place} in the queue` : "waits for a free place", again],
    running: [
      item.stage,
      percent(item.fraction),
      item.seconds_left != null ? `${about(item.seconds_left)} left` : "",
      item.rate ? `${item.rate.toFixed(item.rate < 10 ? 1 : 0)} frames a second` : "",
      again,
    ],
    done: [frames, item.bytes ? bytes(item.bytes) : ""],
    failed: [frames && `stopped after ${frames}`, again],
    cancelled: [frames && `stopped after ${frames}`],
  };
  const line = parts[item.state].filter(Boolean).join(" · ");
  return line.charAt(0).toUpperCase() + line.slice(1);
}
