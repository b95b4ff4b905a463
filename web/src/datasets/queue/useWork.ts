/** The queue as a person works through it: what is shown, and what they may do about it. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { api, must } from "../../api/client";
import type { DecisionBody, Entry, QueuePart } from "../types";
import type { Outbox } from "./outbox";
import { useOutbox, useOutboxState } from "./outboxes";
import {
  current,
  decided,
  decidedHere,
  EMPTY,
  LOW,
  received,
  reopened,
  stepped,
  undone,
  type Worklist,
} from "./worklist";

export type Wish = { check: string; kind: string };
export type Body = Pick<DecisionBody, "action"> & Partial<DecisionBody>;

// What is asked for at once, and the most that the server gives.
const MORE = 120;
const MOST = 200;
// When nothing is left, somebody else may skip something, or a check may find more.
const LOOK_AGAIN_MS = 20_000;

export function useWork(dataset: string, wish: Wish) {
  const outbox = useOutbox(dataset);
  const sending = useOutboxState(outbox);
  const [list, setList] = useState<Worklist>(EMPTY);
  const now = useRef(list);
  const set = useCallback((next: Worklist) => {
    now.current = next;
    setList(next);
  }, []);
  const supply = useSupply(dataset, wish, outbox, now, set);
  useUndoneElsewhere(dataset, sending.last?.undone ?? null, outbox, now, set);
  const moments = useRef<number[]>([]);

  const acts = useMemo(() => {
    const send = (entry: Entry, body: Body) => {
      const whole: DecisionBody = { label: "", comment: "", annotations: [], ...body, entry: entry.id };
      outbox?.add(whole);
      set(decided(now.current, entry, whole));
      moments.current.push(Date.now());
    };
    return {
      decide: (body: Body) => {
        const entry = current(now.current);
        if (entry && outbox) send(entry, body);
      },
      /** Decides two at once: the other one of a pair first, so that undo brings back what is shown. */
      decideBoth: (other: Entry, otherBody: Body, body: Body) => {
        const entry = current(now.current);
        if (!entry || !outbox) return;
        send(other, otherBody);
        send(entry, body);
      },
      undo: () => {
        if (!outbox) return;
        outbox.undo();
        if (now.current.log.length) set(undone(now.current));
        moments.current.pop();
      },
      step: (back: number) => set(stepped(now.current, back)),
    };
  }, [outbox, set]);
  return {
    list,
    entry: current(list),
    done: decidedHere(list),
    acts,
    sending,
    outbox,
    supply,
    moments: moments.current,
  };
}

/** Keeps entries coming, well before the last one is decided. */
function useSupply(
  dataset: string,
  { check, kind }: Wish,
  outbox: Outbox | null,
  now: React.RefObject<Worklist>,
  set: (list: Worklist) => void,
) {
  const [part, setPart] = useState<QueuePart | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [empty, setEmpty] = useState(false);
  const busy = useRef<AbortController | null>(null);
  const ahead = now.current.ahead.length;

  const ask = useCallback(async () => {
    if (!outbox || busy.current) return;
    const controller = new AbortController();
    busy.current = controller;
    try {
      const limit = Math.min(MOST, now.current.ahead.length + outbox.state.waiting + MORE);
      // What arrives at the server after it has answered, and before the answer is here, is still open in the answer.
      const waiting = outbox.entries();
      const answer = await must(queueOf(dataset, { check, kind }, limit, controller.signal));
      if (controller.signal.aborted) return;
      const next = received(now.current, answer.entries, new Set([...waiting, ...outbox.entries()]));
      setEmpty(next === now.current);
      setPart(answer);
      setError(null);
      set(next);
    } catch (problem) {
      if (!controller.signal.aborted) setError(problem as Error);
    } finally {
      if (busy.current === controller) busy.current = null;
    }
  }, [dataset, check, kind, outbox, now, set]);

  // Another wish is another list. What was decided stays decided.
  useEffect(() => {
    set({ ...now.current, ahead: [], back: 0 });
    setEmpty(false);
    void ask();
    return () => {
      busy.current?.abort();
      busy.current = null;
    };
  }, [ask, now, set]);
  useEffect(() => {
    if (ahead < LOW && !empty && !error) void ask();
  }, [ahead, empty, error, ask]);
  useEffect(() => {
    if (!empty && !error) return;
    const timer = setInterval(() => void ask(), error ? 3000 : LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [empty, error, ask]);
  return { part, error, empty: empty && ahead === 0, ask };
}

/** What an undo has opened that was not decided on this page (it was loaded again since) is shown too. */
function useUndoneElsewhere(
  dataset: string,
  undone: number | null,
  outbox: Outbox | null,
  now: React.RefObject<Worklist>,
  set: (list: Worklist) => void,
) {
  useEffect(() => {
    const { ahead, log } = now.current;
    const isKnown = ahead.some(({ id }) => id === undone) || log.some(({ entry }) => entry.id === undone);
    if (undone === null || isKnown) return;
    const controller = new AbortController();
    void entryOf(dataset, undone, controller.signal).then((entry) => {
      if (!controller.signal.aborted && !outbox?.entries().has(entry.id)) set(reopened(now.current, entry));
    }, ignored);
    return () => controller.abort();
  }, [dataset, undone, outbox, now, set]);
}

// It comes with the next entries anyway.
const ignored = () => undefined;

export function entryOf(dataset: string, entry: number, signal: AbortSignal): Promise<Entry> {
  const path = { dataset_id: dataset, entry };
  return must(api.GET("/api/datasets/{dataset_id}/queue/{entry}", { params: { path }, signal }));
}

function queueOf(dataset: string, { check, kind }: Wish, limit: number, signal: AbortSignal) {
  const query = { check: check || undefined, kind: (kind || undefined) as "label" | undefined, limit };
  return api.GET("/api/datasets/{dataset_id}/queue", { params: { path: { dataset_id: dataset }, query }, signal });
}
