import { useState } from "react";
import { useEditor } from "./store";

/** What is selected. While blocks are dragged it is what was before: panels open when the hand lets go, not under way. */
export function useSettledSelection(): string[] {
  const now = useEditor((state) => state.selected);
  const dragging = useEditor((state) => state.dragging);
  const [settled, setSettled] = useState(now);
  if (!dragging && settled !== now) setSettled(now);
  return dragging ? settled : now;
}
