/** What a person may do about the picture that is shown. */

import { useEffect, useMemo, useState } from "react";
import { type Drawing, drawingOf, editedOf, relabelled } from "./editing";
import { partnerOf, suggestionOf } from "./shared";
import type { useWork } from "./useWork";

export type Decide = ReturnType<typeof useDecide>;

export function useDecide(work: ReturnType<typeof useWork>, names: string[], canDraw: boolean) {
  const { entry, list, acts } = work;
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const [lastLabel, setLastLabel] = useState("");
  // Another picture is another drawing.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the entry that changes
  useEffect(() => setDrawing(null), [entry?.id]);

  return useMemo(() => {
    const pair = entry ? partnerOf(entry) : null;
    const other = pair ? list.ahead.find((one) => one.row === pair.row && one.id !== entry?.id) : undefined;
    return {
      drawing,
      setDrawing,
      newLabel: lastLabel || drawing?.shapes[0]?.label || entry?.label || names[0] || "",
      canDraw: canDraw && (entry?.row ?? -1) >= 0,
      suggestion: entry ? suggestionOf(entry) : "",
      /** Whether the other one of a pair can be removed from here. */
      hasOther: other !== undefined,
      keep: () => acts.decide({ action: "keep" }),
      remove: () => acts.decide({ action: "remove" }),
      removeOther: () => other && acts.decideBoth(other, { action: "remove" }, { action: "keep" }),
      suggested: () => {
        const label = entry && suggestionOf(entry);
        if (label) acts.decide({ action: "relabel", label });
      },
      /** The class of the picture; while boxes are drawn, of the chosen box. */
      relabel: (label: string) => {
        if (drawing) {
          setLastLabel(label);
          setDrawing(relabelled(drawing, label));
        } else if (entry) acts.decide(label === entry.label ? { action: "keep" } : { action: "relabel", label });
      },
      skip: () => (list.back > 0 ? acts.step(-1) : acts.decide({ action: "skip" })),
      back: () => acts.step(1),
      undo: () => acts.undo(),
      draw: () => canDraw && entry && entry.row >= 0 && setDrawing(drawingOf(entry.annotations)),
      stopDrawing: () => setDrawing(null),
      saveDrawing: () => {
        if (!drawing) return;
        acts.decide({ action: "edit", annotations: editedOf(drawing) });
        setDrawing(null);
      },
    };
  }, [entry, list, acts, drawing, lastLabel, names, canDraw]);
}
