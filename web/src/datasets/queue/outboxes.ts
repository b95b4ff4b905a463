/** The outbox of each data set. It lives beside the pages: what was decided is sent wherever one goes in the app. */

import { useEffect, useState, useSyncExternalStore } from "react";
import { api, must } from "../../api/client";
import type { DecisionBody } from "../types";
import { claimPage, keeping } from "./keeping";
import { Outbox, type OutboxState } from "./outbox";

const outboxes = new Map<string, Promise<Outbox>>();
const opened = new Set<Outbox>();

function outboxOf(dataset: string): Promise<Outbox> {
  let made = outboxes.get(dataset);
  if (!made) {
    made = claimPage().then(({ page, dead }) => {
      const box = new Outbox(sender(dataset), keeping(dataset, page, dead, localStorage));
      opened.add(box);
      box.poke();
      return box;
    });
    outboxes.set(dataset, made);
  }
  return made;
}

function sender(dataset: string) {
  const path = { dataset_id: dataset };
  return (decision: DecisionBody | null, key: string) =>
    decision
      ? must(
          api.POST("/api/datasets/{dataset_id}/queue/decisions", {
            params: { path },
            body: { decisions: [{ ...decision, key }] },
          }),
        )
      : must(api.POST("/api/datasets/{dataset_id}/queue/undo", { params: { path }, body: { key } }));
}

window.addEventListener("online", () => {
  for (const box of opened) box.poke();
});

/** The outbox of a data set; null for a moment, until what an earlier visit left is there. */
export function useOutbox(dataset: string): Outbox | null {
  const [box, setBox] = useState<Outbox | null>(null);
  useEffect(() => {
    let here = true;
    void outboxOf(dataset).then((made) => here && setBox(made));
    return () => {
      here = false;
    };
  }, [dataset]);
  return box;
}

const NOTHING: OutboxState = { waiting: 0, stuck: false, refused: [], last: null };

export function useOutboxState(box: Outbox | null): OutboxState {
  return useSyncExternalStore(box?.listen ?? never, () => box?.state ?? NOTHING);
}

const never = () => () => undefined;
