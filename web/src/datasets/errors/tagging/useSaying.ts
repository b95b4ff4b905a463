/** What was said of a study's mistakes, and saying more; it is seen at once, and sent behind. */

import { useCallback, useMemo, useRef } from "react";
import { useMistakes } from "../queries";
import type { Mistake, TagBody } from "../types";
import { useTagOutbox, useTagOutboxState, withSaid } from "./outboxes";
import { tagsInUse } from "./tags";

/** One thing that can be undone: how the mistakes were before. `joins` tells steps that are one to people. */
type Step = { before: TagBody[]; joins: string };

export function bodyOf({ id, tags, comment, seen }: Mistake): TagBody {
  return { mistake: id, tags: [...tags], comment: comment ?? "", seen: seen ?? false };
}

export function useSaying(dataset: string, study: string) {
  const answer = useMistakes(dataset, study);
  const outbox = useTagOutbox(dataset, study);
  const sending = useTagOutboxState(outbox);
  const mistakes = useMemo(() => withSaid(answer.data ?? [], sending.pending.values()), [answer.data, sending.pending]);
  const tags = useRef<string[]>([]);
  tags.current = tagsInUse(mistakes, tags.current);
  const history = useRef<Step[]>([]);

  // From what the server told and what waits, not from what is painted: keys may come faster than paint.
  const told = useRef(answer.data);
  told.current = answer.data;
  const now = useCallback(
    (ids: readonly number[]): Mistake[] => {
      const wanted = new Set(ids);
      const known = (told.current ?? []).filter((one) => wanted.has(one.id));
      return withSaid(known, outbox?.state.pending.values() ?? []);
    },
    [outbox],
  );

  const say = useCallback(
    (ids: readonly number[], change: (body: TagBody) => Partial<TagBody>, joins = "") => {
      if (!outbox) return;
      const before = now(ids).map(bodyOf);
      const after = before.map((body) => ({ ...body, seen: true, ...change(body) }));
      if (JSON.stringify(before) === JSON.stringify(after)) return;
      const last = history.current.at(-1);
      if (!joins || last?.joins !== joins) history.current.push({ before, joins });
      outbox.add(...after);
    },
    [outbox, now],
  );

  /** Takes the last thing back; gives the mistakes it was about. */
  const undo = useCallback((): number[] => {
    const step = history.current.pop();
    if (!step || !outbox) return [];
    outbox.add(...step.before);
    return step.before.map((body) => body.mistake);
  }, [outbox]);

  return { answer, mistakes, tags: tags.current, say, now, undo, outbox, sending };
}

export type Saying = ReturnType<typeof useSaying>;

/** The change that puts a tag on. */
export function withTag(tag: string) {
  return (body: TagBody) => ({ tags: body.tags.includes(tag) ? body.tags : [...body.tags, tag] });
}

/** The change that puts a tag on, or takes it off if it is there. */
export function toggled(tag: string) {
  return (body: TagBody) => ({
    tags: body.tags.includes(tag) ? body.tags.filter((one) => one !== tag) : [...body.tags, tag],
  });
}
