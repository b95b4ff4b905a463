/** The player's keys, wherever the focus is but in a field. */

import { useEffect } from "react";
import type { Clock } from "./clock";

// Where a key already means something else.
const FIELDS = "input, textarea, select, [contenteditable=true], [role=dialog], [role=menu], [role=listbox]";
const BUTTONS = "button, a, summary, [role=tab], [role=button], [role=slider]";

/** All keys, as the help shows them. */
export const KEYS: [keys: string[], what: string][] = [
  [["Space", "K"], "Play or pause"],
  [[",", "."], "One frame back, one forward"],
  [["←", "→"], "One second back, one forward (Shift: ten)"],
  [["Home", "End"], "To the beginning, to the end"],
  [["L"], "Loop five seconds from here, or stop the loop"],
  [["[", "]"], "The loop begins, ends here"],
  [["F"], "Whole screen"],
  [["?"], "This list"],
];

/** What the keys need beside the clock. */
export type Views = { whole: () => void; help: () => void };

export function useShortcuts(clock: Clock, views: Views): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest(FIELDS)) return;
      // Space and arrows belong to a button, a tab or a slider that has the focus.
      if ((event.key === " " || event.key.startsWith("Arrow")) && target?.closest(BUTTONS)) return;
      if (act(clock, event, views)) event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [clock, views]);
}

/** Does what a key means; false if it means nothing. */
export function act(clock: Clock, event: Pick<KeyboardEvent, "key" | "shiftKey">, views: Views): boolean {
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
    ["f", views.whole],
    ["?", views.help],
  ]);
  const run = acts.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  run?.();
  return run !== undefined;
}
