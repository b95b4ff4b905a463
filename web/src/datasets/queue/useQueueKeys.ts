/** The queue's keys, wherever the focus is but in a field or on a button. */

import { useEffect, useRef } from "react";
import { next, nudged, type Place, removed, seen } from "./editing";
import { actOf } from "./keys";
import type { Decide } from "./useDecide";

type Options = {
  names: string[];
  decide: Decide;
  /** A dialog is open. */
  blocked: boolean;
  onOpen: (what: "help" | "search") => void;
  onOutlines: () => void;
};

// Where a key already means something else.
const FIELDS = "input, textarea, select, [contenteditable=true], [role=dialog], [role=menu], [role=listbox]";
const BUTTONS = "button, a, summary, [role=tab], [role=button]";

export function useQueueKeys(options: Options) {
  const now = useRef(options);
  now.current = options;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { blocked, decide } = now.current;
      if (event.defaultPrevented || blocked || event.ctrlKey || event.metaKey) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest(FIELDS)) return;
      if ((event.key === "Enter" || event.key === " " || event.key === "Tab") && target?.closest(BUTTONS)) return;
      const acted = decide.drawing ? pressDrawing(now.current, event) : !event.altKey && pressed(now.current, event);
      if (acted) event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}

function pressed({ names, decide, onOpen, onOutlines }: Options, { key, repeat }: KeyboardEvent): boolean {
  const act = actOf(key, names.length);
  // A key that is held down decides once.
  if (!act || repeat) return act !== null;
  const acts = {
    keep: decide.keep,
    suggestion: decide.suggested,
    remove: decide.remove,
    removeOther: decide.removeOther,
    undo: decide.undo,
    edit: decide.draw,
    skip: decide.skip,
    back: decide.back,
    search: () => onOpen("search"),
    help: () => onOpen("help"),
    outlines: onOutlines,
  };
  if (act.what === "class") decide.relabel(names[act.place] ?? "");
  else acts[act.what]();
  return true;
}

const ARROWS: Record<string, Place> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function pressDrawing({ names, decide, onOpen }: Options, event: KeyboardEvent): boolean {
  const { drawing, setDrawing } = decide;
  if (!drawing) return false;
  const arrow = ARROWS[event.key];
  if (arrow) {
    const far = event.shiftKey ? 10 : 1;
    setDrawing(nudged(drawing, [arrow[0] * far, arrow[1] * far], event.altKey));
    return true;
  }
  if (event.altKey) return false;
  const acts = new Map<string, () => void>([
    ["Enter", decide.saveDrawing],
    ["Escape", decide.stopDrawing],
    ["Tab", () => setDrawing(next(drawing, event.shiftKey ? -1 : 1))],
    ["Delete", () => setDrawing(removed(drawing))],
    ["Backspace", () => setDrawing(removed(drawing))],
    ["?", () => onOpen("help")],
    ["/", () => onOpen("search")],
  ]);
  const run = acts.get(event.key);
  if (run) run();
  else if (event.key.toLowerCase() === "v" && drawing.selected?.point != null) setDrawing(seen(drawing));
  else {
    const act = actOf(event.key, names.length);
    if (act?.what !== "class") return false;
    decide.relabel(names[act.place] ?? "");
  }
  return true;
}
