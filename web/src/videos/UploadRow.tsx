import { ActionIcon, Group, Progress, Text, Tooltip } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconRefresh, IconX } from "@tabler/icons-react";
import { about, bytes } from "../shared/format";
import { secondsLeft } from "./rate";
import classes from "./UploadPanel.module.css";
import { type Item, useUploads } from "./uploads";

/** One upload: how far it is, and how to stop it or go on. */
export function UploadRow({ item }: { item: Item }) {
  const { pause, resume, cancel } = useUploads.getState();
  const stoppable = item.state === "going" || item.state === "waiting";
  const startable = item.state === "paused" || item.state === "lost" || item.state === "failed";
  const again = item.state === "failed" ? "Try again" : "Go on";
  return (
    <li className={classes.row}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" truncate title={item.folder ? `${item.folder}/${item.name}` : item.name}>
          {item.name}
        </Text>
        <Group gap={0} wrap="nowrap">
          {stoppable && <Act label={`Pause ${item.name}`} icon={IconPlayerPause} onClick={() => pause(item.key)} />}
          {startable && (
            <Act
              label={`${again}: ${item.name}`}
              icon={item.state === "failed" ? IconRefresh : IconPlayerPlay}
              onClick={() => resume(item.key)}
            />
          )}
          {item.state !== "done" && <Act label={`Cancel ${item.name}`} icon={IconX} onClick={() => cancel(item.key)} />}
        </Group>
      </Group>
      {item.state !== "done" && item.state !== "failed" && (
        <Progress
          value={item.size ? (item.sent / item.size) * 100 : 0}
          size="xs"
          my={4}
          color={item.state === "going" ? "brand" : "gray"}
          aria-label={`Progress of ${item.name}`}
        />
      )}
      <Text size="xs" c={item.state === "failed" ? "red" : "dimmed"}>
        {words(item)}
      </Text>
    </li>
  );
}

type ActProps = { label: string; icon: typeof IconX; onClick: () => void };

function Act({ label, icon: Picture, onClick }: ActProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={label} onClick={onClick}>
        <Picture size={15} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

/** The state in words. */
export function words(item: Item): string {
  const size = bytes(item.size);
  if (item.state === "done") return `Uploaded, ${size}`;
  if (item.state === "waiting") return `Waiting, ${size}`;
  if (item.state === "paused") return `Paused at ${bytes(item.sent)} of ${size}`;
  if (item.state === "lost" || item.state === "failed") return item.problem;
  const left = secondsLeft(item.rate, item.size - item.sent);
  const rate = item.rate ? `, ${bytes(item.rate)}/s` : "";
  return `${bytes(item.sent)} of ${size}${rate}${left ? `, ${about(left)} left` : ""}`;
}
