/** Whether what was decided has arrived. */

import { Button, Group, Text } from "@mantine/core";
import { IconCloudCheck, IconCloudOff, IconCloudUpload } from "@tabler/icons-react";
import { asSentence, counted } from "../../shared/format";
import { sentences } from "../../shared/problems";
import { NotTaken } from "../NotTaken";
import type { Outbox, OutboxState, Refusal } from "./outbox";
import classes from "./queue.module.css";
import { told } from "./shared";

export function SendingLine({ state, outbox }: { state: OutboxState; outbox: Outbox | null }) {
  if (state.stuck) {
    return (
      <Group gap={6} wrap="nowrap" className={classes.stuck} role="status">
        <IconCloudOff size={17} aria-hidden />
        <Text size="sm" span>
          {counted(state.waiting, "decision")} kept here; sent when the server answers.
        </Text>
        <Button size="compact-xs" variant="default" onClick={() => outbox?.poke()}>
          Try now
        </Button>
      </Group>
    );
  }
  const Picture = state.waiting ? IconCloudUpload : IconCloudCheck;
  return (
    <Text size="xs" c="dimmed" span className={classes.sent} data-waiting={state.waiting}>
      <Picture size={16} aria-hidden /> {state.waiting ? `sending ${state.waiting}` : "all saved"}
    </Text>
  );
}

/** Decisions that the server did not take; nothing is lost without a word. */
export function Refusals({ state, outbox }: { state: OutboxState; outbox: Outbox | null }) {
  return state.refused.map((refusal) => (
    <NotTaken key={refusal.step.key} words={refusedWords(refusal)} onSeen={() => outbox?.forget(refusal)} />
  ));
}

function refusedWords({ step, why }: Refusal): string {
  const what = step.decision ? `A decision (${told(step.decision)}) was not taken` : "Nothing was undone";
  return `${what}: ${sentences(why).map(asSentence).join(" ")}`;
}
