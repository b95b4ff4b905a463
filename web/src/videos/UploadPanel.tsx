import { ActionIcon, Box, Button, Group, Paper, Progress, ScrollArea, Text, Tooltip } from "@mantine/core";
import {
  IconArrowRight,
  IconChevronDown,
  IconChevronUp,
  IconPlayerPause,
  IconPlayerPlay,
  IconX,
} from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { Link, useLocation } from "react-router";
import { useRefreshDatasets } from "../datasets/queries";
import { about, bytes, counted, percent } from "../shared/format";
import { useRefreshVideos } from "./queries";
import { secondsLeft } from "./rate";
import classes from "./UploadPanel.module.css";
import { UploadRow } from "./UploadRow";
import { type Item, useUploads } from "./uploads";

/** A small panel over all pages while something is being uploaded. */
export function UploadPanel() {
  const items = useUploads((state) => state.items);
  const [open, setOpen] = useState(true);
  useFreshLists(items);
  const place = useLocation().pathname;
  const elsewhere = !items.some((one) => place === (one.dataset ? "/datasets" : "/videos"));
  // Good news is no news on other pages; what failed is told everywhere.
  if (!items.length || (elsewhere && items.every((one) => one.state === "done"))) return null;
  const Chevron = open ? IconChevronDown : IconChevronUp;
  return (
    <Paper component="section" aria-label="Uploads" withBorder className={classes.panel}>
      <Group justify="space-between" wrap="nowrap" px="sm" py={8} gap="xs">
        <Summary items={items} />
        <Group gap={2} wrap="nowrap">
          <All items={items} />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={open ? "Hide the list of uploads" : "Show the list of uploads"}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <Chevron size={18} />
          </ActionIcon>
        </Group>
      </Group>
      <Progress value={total(items).fraction * 100} size={3} radius={0} aria-label="All uploads" />
      {total(items).done > 0 && total(items).open === 0 && <Next items={items} />}
      {open && (
        <ScrollArea.Autosize mah={280} type="auto">
          <Box component="ul" className={classes.list}>
            {items.map((item) => (
              <UploadRow key={item.key} item={item} />
            ))}
          </Box>
        </ScrollArea.Autosize>
      )}
    </Paper>
  );
}

function Summary({ items }: { items: Item[] }) {
  const { done, failed, open, rate, rest, fraction } = total(items);
  const left = secondsLeft(rate, rest);
  const one = thing(items);
  const title = open ? `Uploading ${counted(open, one)} · ${percent(fraction)}` : `${counted(done, one)} uploaded`;
  const more = open && rate ? `${bytes(rate)}/s${left ? `, ${about(left)} left` : ""}` : "";
  const bad = failed ? counted(failed, "file was refused", "files were refused") : "";
  return (
    <div style={{ minWidth: 0 }}>
      <Text size="sm" fw={600} truncate>
        {title}
      </Text>
      <Text size="xs" c="dimmed" truncate>
        {[more, bad].filter(Boolean).join(" · ") || (open ? "Stay on this site until it is done" : "All done")}
      </Text>
    </div>
  );
}

/** What is uploaded, in a word. */
function thing(items: Item[]): string {
  if (items.every((one) => one.dataset)) return "data set";
  return items.some((one) => one.dataset) ? "file" : "video";
}

/** What most people want to do when what they sent has come; on the page of data sets they see it anyway. */
function Next({ items }: { items: Item[] }) {
  const place = useLocation().pathname;
  const datasets = items.some((one) => one.dataset);
  if (datasets && place === "/datasets") return null;
  return (
    <Box px="sm" pt={8}>
      <Button
        component={Link}
        to={datasets ? "/datasets" : "/pipelines"}
        variant="light"
        size="xs"
        fullWidth
        rightSection={<IconArrowRight size={15} />}
      >
        Next: {datasets ? "see the data set" : "choose a pipeline"}
      </Button>
    </Box>
  );
}

function All({ items }: { items: Item[] }) {
  const { pauseAll, resumeAll, cancelAll, clear } = useUploads.getState();
  const { open } = total(items);
  if (!open) {
    return (
      <Button variant="subtle" size="compact-sm" onClick={clear}>
        Close
      </Button>
    );
  }
  const moving = items.some((one) => one.state === "going" || one.state === "waiting");
  const pausing = moving ? "Pause all uploads" : "Go on with all uploads";
  return (
    <>
      <Tooltip label={pausing}>
        <ActionIcon variant="subtle" color="gray" aria-label={pausing} onClick={moving ? pauseAll : resumeAll}>
          {moving ? <IconPlayerPause size={17} /> : <IconPlayerPlay size={17} />}
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Cancel all uploads">
        <ActionIcon variant="subtle" color="gray" aria-label="Cancel all uploads" onClick={cancelAll}>
          <IconX size={17} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}

/** Sums over all uploads; what failed does not count. */
export function total(items: Item[]) {
  const counting = items.filter((one) => one.state !== "failed");
  const size = counting.reduce((sum, one) => sum + one.size, 0);
  const sent = counting.reduce((sum, one) => sum + one.sent, 0);
  const done = items.filter((one) => one.state === "done").length;
  return {
    done,
    failed: items.length - counting.length,
    open: counting.length - done,
    rate: items.reduce((sum, one) => sum + one.rate, 0),
    rest: size - sent,
    fraction: size ? sent / size : 1,
  };
}

/** The lists of videos and data sets are asked for again whenever one more has come. */
function useFreshLists(items: Item[]) {
  const videos = useRefreshVideos();
  const datasets = useRefreshDatasets();
  const { done, failed } = total(items);
  const hasDatasets = items.some((one) => one.dataset);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the counts change
  useEffect(() => {
    if (!done && !failed) return;
    void videos();
    if (hasDatasets) void datasets();
  }, [done, failed]);
}
