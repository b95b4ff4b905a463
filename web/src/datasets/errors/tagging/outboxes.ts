/** The outbox of each study. It lives beside the pages: what was said is sent wherever one goes in the app. */

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { api, must } from "../../../api/client";
import { claimPage } from "../../queue/keeping";
import { keys } from "../queries";
import type { Mistake, TagBody } from "../types";
import { keeping } from "./keeping";
import { type OutboxState, TagOutbox } from "./outbox";

const outboxes = new Map<string, Promise<TagOutbox>>();
const opened = new Set<TagOutbox>();

function outboxOf(dataset: string, study: string, client: QueryClient): Promise<TagOutbox> {
  const name = `${dataset}/${study}`;
  let made = outboxes.get(name);
  if (!made) {
    made = claimPage().then(({ page, dead }) => {
      const sent = (bodies: TagBody[]) => remember(client, dataset, study, bodies);
      const box = new TagOutbox(sender(dataset, study), keeping(name, page, dead, localStorage), sent);
      opened.add(box);
      box.poke();
      return box;
    });
    outboxes.set(name, made);
  }
  return made;
}

function sender(dataset: string, study: string) {
  const path = { dataset_id: dataset, study_id: study };
  return (tags: TagBody[]) =>
    must(api.POST("/api/datasets/{dataset_id}/studies/{study_id}/tags", { params: { path }, body: { tags } }));
}

/** What has arrived is what the server knows now; an answer that was asked for before would not. */
function remember(client: QueryClient, dataset: string, study: string, bodies: TagBody[]): void {
  const queryKey = keys.mistakes(dataset, study);
  void client.cancelQueries({ queryKey });
  client.setQueryData<Mistake[]>(queryKey, (mistakes) => mistakes && withSaid(mistakes, bodies));
  void client.invalidateQueries({ queryKey: keys.study(dataset, study) });
  void client.invalidateQueries({ queryKey: keys.ideas(dataset, study) });
}

/** Mistakes with what was said of some of them. */
export function withSaid(mistakes: Mistake[], bodies: Iterable<TagBody>): Mistake[] {
  const said = new Map([...bodies].map((body) => [body.mistake, body]));
  if (!said.size) return mistakes;
  return mistakes.map((one) => {
    const body = said.get(one.id);
    if (!body) return one;
    return body.seen
      ? { ...one, tags: body.tags, comment: body.comment, seen: true }
      : { ...one, tags: [], comment: "", seen: false };
  });
}

window.addEventListener("online", () => {
  for (const box of opened) box.poke();
});

/** The outbox of a study; null for a moment, until what an earlier visit left is there. */
export function useTagOutbox(dataset: string, study: string): TagOutbox | null {
  const client = useQueryClient();
  const [box, setBox] = useState<TagOutbox | null>(null);
  useEffect(() => {
    let here = true;
    void outboxOf(dataset, study, client).then((made) => here && setBox(made));
    return () => {
      here = false;
    };
  }, [dataset, study, client]);
  return box;
}

const NOTHING: OutboxState = { pending: new Map(), stuck: false, refused: [] };
const never = () => () => undefined;

export function useTagOutboxState(box: TagOutbox | null): OutboxState {
  return useSyncExternalStore(box?.listen ?? never, () => box?.state ?? NOTHING);
}
