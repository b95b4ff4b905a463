/** The player's keys, wherever the focus is but in a field. */

import { useEffect } from "react";
import type { Clock } from "./clock";

// Where a key already means something else.
const FIELDS = "input, textarea, select, [contenteditable=true], [role=dialog], [role=menu], [role=listbox]";
const BUTTONS = "button, a, summary, [role=tab], [role=button], [role=slider]";

export function useShortcuts(clock: Clock, onWhole: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest(FIELDS)) return;
      // Space and arrows belong to a button, a tab or a slider that has the focus.
      if ((event.key === " " || event.key.startsWith("Arrow")) && target?.closest(BUTTONS)) return;
      if (act(clock, event, onWhole)) event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [clock, onWhole]);
}

/** Does what a key means; false if it means nothing. */
export function act(clock: Clock, event: Pick<KeyboardEvent, "key" | "shiftKey">, onWhole: () => void): boolean {
  const far = event.shiftKey ? 10 : 1;
  const acts = new Map<string, () => void>([
    [" ", () => clock.toggle()],
    ["k", () => clock.toggle()],
    [",", () => clock.step(-1)],
    [".", () => clock.step(1)],
    ["ArrowLeft", () => clock.seek(clock.time - far)],
    ["ArrowRight", () => clock.seek(clock.time + far)],
    ["Home", () => clock.seek(clock.start)],
    ["End", () => clock.seek(clock.end)],
    ["[", () => clock.loopFrom(clock.time)],
    ["]", () => clock.loopTo(clock.time)],
    ["l", () => clock.toggleLoop()],
    ["f", onWhole],
  ]);
  const run = acts.get(event.key);
  run?.();
  return run !== undefined;
}
