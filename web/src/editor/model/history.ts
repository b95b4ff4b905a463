/** What can be undone and redone. Changes of one group that follow each other (typing, a drag) are one step. */
export interface History<T> {
  past: T[];
  now: T;
  future: T[];
  group: string;
}

const MOST_STEPS = 200;

export const begin = <T>(now: T): History<T> => ({ past: [], now, future: [], group: "" });

/** A new state. `group` names what is being done; "" stands alone. */
export function change<T>(history: History<T>, now: T, group = ""): History<T> {
  if (now === history.now) return history;
  if (group && group === history.group) return { ...history, now, future: [] };
  return { past: [...history.past, history.now].slice(-MOST_STEPS), now, future: [], group };
}

/** End the group: the next change is a step of its own. */
export const pause = <T>(history: History<T>): History<T> => (history.group ? { ...history, group: "" } : history);

export function undo<T>(history: History<T>): History<T> {
  const now = history.past.at(-1);
  if (now === undefined) return history;
  return { past: history.past.slice(0, -1), now, future: [history.now, ...history.future], group: "" };
}

export function redo<T>(history: History<T>): History<T> {
  const [now, ...future] = history.future;
  if (now === undefined) return history;
  return { past: [...history.past, history.now], now, future, group: "" };
}
