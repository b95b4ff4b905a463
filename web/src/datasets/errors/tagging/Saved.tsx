/** Whether what was said has arrived. */

import { Button, Group, Text } from "@mantine/core";
import { IconCloudCheck, IconCloudOff, IconCloudUpload } from "@tabler/icons-react";
import { asSentence, counted } from "../../../shared/format";
import { sentences } from "../../../shared/problems";
import { NotTaken } from "../../NotTaken";
import type { OutboxState, Refusal, TagOutbox } from "./outbox";
import classes from "./tagging.module.css";

type Props = { state: OutboxState; outbox: TagOutbox | null };

export function SavedLine({ state, outbox }: Props) {
  const waiting = state.pending.size;
  if (state.stuck) {
    return (
      <Group gap={6} wrap="nowrap" className={classes.stuck} role="status">
        <IconCloudOff size={17} aria-hidden />
        <Text size="sm" span>
          {counted(waiting, "mistake")} kept here; sent when the server answers.
        </Text>
        <Button size="compact-xs" variant="default" onClick={() => outbox?.poke()}>
          Try now
        </Button>
      </Group>
    );
  }
  const Picture = waiting ? IconCloudUpload : IconCloudCheck;
  return (
    <Text size="xs" c="dimmed" span className={classes.sent} data-waiting={waiting}>
      <Picture size={16} aria-hidden /> {waiting ? `saving ${waiting}` : "all saved"}
    </Text>
  );
}

/** What the server did not take; nothing is lost without a word. */
export function Refusals({ state, outbox }: Props) {
  return state.refused.map((refusal) => (
    <NotTaken key={refusal.body.mistake} words={words(refusal)} onSeen={() => outbox?.forget(refusal)} />
  ));
}

function words({ body, why }: Refusal): string {
  const said = body.tags.length ? body.tags.map((tag) => `“${tag}”`).join(", ") : "no tag";
  return `Of mistake ${body.mistake + 1}, ${said} was not taken: ${sentences(why).map(asSentence).join(" ")}`;
}
