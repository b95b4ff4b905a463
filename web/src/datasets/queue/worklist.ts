/** The entries that a person works through: those to come, what was decided, and where they stand. */

import type { DecisionBody, Entry } from "../types";
import type { Done } from "./shared";

export type Worklist = {
  /** What lies ahead, the next one first. */
  ahead: readonly Entry[];
  /** All decisions made here, the newest last; who decides anew stands in it twice. */
  log: readonly Done[];
  /** How many pictures the person has gone back to look at what was decided; 0: at work. */
  back: number;
};

export const EMPTY: Worklist = { ahead: [], log: [], back: 0 };
/** With fewer than this ahead, more are asked for. */
export const LOW = 80;
// Who goes back further than this looks into the grid.
const REMEMBERED = 1000;

/** What was decided: each picture once, with its newest decision; those that were decided first come last. */
export function decisions({ log }: Worklist): Done[] {
  return [...new Map(log.map((done) => [done.entry.id, done])).values()].reverse();
}

/** What is shown: the next entry, or one that was decided. */
export function current(list: Worklist): Entry | null {
  return list.back > 0 ? (decidedHere(list)?.entry ?? null) : (list.ahead[0] ?? null);
}

/** The decision about what is shown; null while there is none. */
export function decidedHere(list: Worklist): Done | null {
  return list.back > 0 ? (decisions(list)[list.back - 1] ?? null) : null;
}

/** Entries that have come; those that are known, decided or `leftOut` are known already. */
export function received(list: Worklist, entries: readonly Entry[], leftOut: ReadonlySet<number>): Worklist {
  const known = new Set([...list.ahead.map((one) => one.id), ...list.log.map((one) => one.entry.id), ...leftOut]);
  const fresh = entries.filter((one) => !known.has(one.id));
  return fresh.length ? { ...list, ahead: [...list.ahead, ...fresh] } : list;
}

/** After a decision about an entry: the next one is shown. */
export function decided(list: Worklist, entry: Entry, body: DecisionBody): Worklist {
  const ahead = list.ahead.filter((one) => one.id !== entry.id);
  const log = [...list.log, { entry, body }].slice(-REMEMBERED);
  // Who went back and decides anew goes forward again from there.
  const before = list.back > 1 ? decisions(list)[list.back - 2] : undefined;
  const next = { ahead, log, back: 0 };
  return before ? { ...next, back: placeOf(next, before.entry) } : next;
}

/** The last decision is taken back: its picture is shown again, open, or as it was decided before that. */
export function undone(list: Worklist): Worklist {
  const last = list.log.at(-1);
  if (!last) return list;
  const rest = { ...list, log: list.log.slice(0, -1), back: 0 };
  const place = placeOf(rest, last.entry);
  return place > 0 ? { ...rest, back: place } : reopened(rest, last.entry);
}

/** An entry that is open again comes first. */
export function reopened(list: Worklist, entry: Entry): Worklist {
  return { ...list, ahead: [entry, ...list.ahead.filter((one) => one.id !== entry.id)], back: 0 };
}

/** Back among what was decided, or forward again. */
export function stepped(list: Worklist, back: number): Worklist {
  return { ...list, back: Math.min(decisions(list).length, Math.max(0, list.back + back)) };
}

function placeOf(list: Worklist, entry: Entry): number {
  return decisions(list).findIndex((one) => one.entry.id === entry.id) + 1;
}
