/** The tagging page's keys, wherever the focus is but in a field or on a button. */

import { useEffect, useRef } from "react";
import { actOf } from "./keys";
import type { Tagging } from "./useTagging";

type Options = {
  tags: readonly string[];
  acts: Tagging["acts"];
  /** A dialog is open. */
  blocked: boolean;
  onNew: () => void;
  onComment: () => void;
  onHelp: () => void;
};

// Where a key already means something else.
const FIELDS = "input, textarea, select, [contenteditable=true], [role=dialog], [role=menu], [role=listbox]";
const BUTTONS = "button, a, summary, [role=tab], [role=button]";

export function useTagKeys(options: Options) {
  const now = useRef(options);
  now.current = options;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { blocked } = now.current;
      if (event.defaultPrevented || blocked || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest(FIELDS)) return;
      if ((event.key === "Enter" || event.key === " ") && target?.closest(BUTTONS)) return;
      if (pressed(now.current, event)) event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}

function pressed({ tags, acts, onNew, onComment, onHelp }: Options, { key, repeat }: KeyboardEvent): boolean {
  const act = actOf(key, tags.length);
  if (!act) return false;
  // A key that is held down acts once; arrows run.
  if (repeat && act.what !== "skip" && act.what !== "back") return true;
  if (act.what === "tag") acts.toggle(tags[act.place] ?? "");
  else {
    const run = {
      next: acts.next,
      skip: acts.skip,
      back: acts.back,
      undo: acts.undo,
      new: onNew,
      comment: onComment,
      help: onHelp,
    };
    run[act.what]();
  }
  return true;
}
