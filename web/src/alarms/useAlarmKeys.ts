/** The keys of the alarms' page, wherever the focus is but in a field. */

import { useEffect, useRef } from "react";

export type Keys = {
  next: () => void;
  previous: () => void;
  acknowledge: () => void;
  callFalse: () => void;
  snooze: () => void;
  choose: () => void;
  help: () => void;
};

/** All keys, as the help shows them. */
export const KEYS: [keys: string[], what: string][] = [
  [["J", "K"], "The next alarm, the one before"],
  [["A"], "Acknowledge"],
  [["F"], "Call it a false alarm"],
  [["S"], "Snooze"],
  [["X"], "Choose it, to acknowledge several at once"],
  [["?"], "This list"],
];

const ACTS: Record<string, keyof Keys> = {
  j: "next",
  k: "previous",
  a: "acknowledge",
  f: "callFalse",
  s: "snooze",
  x: "choose",
  "?": "help",
};

// Where a key already means something else.
const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable=true]";
const DIALOGS = "[role=dialog], [role=menu], [role=listbox]";

/** What a key does; undefined for nothing. */
export function actOf(key: string): keyof Keys | undefined {
  return ACTS[key.length === 1 ? key.toLowerCase() : key];
}

export function useAlarmKeys(keys: Keys): void {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest(`${FIELDS}, ${DIALOGS}`)) return;
      const act = actOf(event.key);
      // A key that is held down walks through the list, but decides once.
      if (!act || (event.repeat && act !== "next" && act !== "previous")) return;
      event.preventDefault();
      now.current[act]();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
