/** What is done with the alarm that is shown: then the next one is shown, and it can be undone. */

import { Anchor } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { type AlarmActs, useAlarmActs } from "./queries";
import type { Snooze } from "./types";

export type Dialog = "false" | "snooze" | "help" | null;
export type Acting = {
  acts: AlarmActs;
  dialog: Dialog;
  setDialog: (dialog: Dialog) => void;
  acknowledge: () => void;
  snooze: (wish: Snooze) => void;
  callFalse: (why: string) => void;
};

/** `onDone` is told which alarm has been dealt with. */
export function useActing(id: string, onDone: (id: string) => void): Acting {
  const acts = useAlarmActs();
  const [dialog, setDialog] = useState<Dialog>(null);
  // Meanwhile another alarm may be shown: what is said and undone belongs to this one.
  const after = (answer: Promise<unknown>, words: string, undo = true) =>
    answer.then(
      () => {
        setDialog(null);
        offer(id, words, undo ? () => acts.reopen.mutate(id) : undefined);
        onDone(id);
      },
      () => undefined, // told already
    );
  return {
    acts,
    dialog,
    setDialog,
    acknowledge: () => void after(acts.acknowledge.mutateAsync(id), "Acknowledged."),
    snooze: (body) => {
      const rule = body.scope === "rule";
      const words = rule ? "The rule is snoozed on this camera; it stands above the list." : "Snoozed.";
      void after(acts.snooze.mutateAsync({ id, body }), words, !rule);
    },
    callFalse: (why) => void after(acts.callFalse.mutateAsync({ id, why }), "Called a false alarm."),
  };
}

function offer(alarm: string, words: string, undo?: () => void): void {
  const id = `${alarm} ${words}`;
  const message = (
    <>
      {words}{" "}
      {undo && (
        <Anchor
          component="button"
          size="sm"
          onClick={() => {
            undo();
            notifications.hide(id);
          }}
        >
          Undo
        </Anchor>
      )}
    </>
  );
  notifications.show({ id, color: "green", message, autoClose: 8000 });
}
