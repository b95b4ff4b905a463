/** What a person may do about the picture that is shown. */

import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { Entry } from "../types";
import { type Drawing, drawingOf, editedOf, relabelled } from "./editing";
import { partnerOf, suggestionOf } from "./shared";
import { entryOf, type useWork } from "./useWork";

export type Decide = ReturnType<typeof useDecide>;

export function useDecide(work: ReturnType<typeof useWork>, dataset: string, names: string[], canDraw: boolean) {
  const { entry, list, acts } = work;
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const [lastLabel, setLastLabel] = useState("");
  // Another picture is another drawing.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the entry that changes
  useEffect(() => setDrawing(null), [entry?.id]);

  const other = useOther(work, dataset);
  return useMemo(() => {
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
  }, [entry, list, acts, drawing, lastLabel, names, canDraw, other]);
}

/** The other one of a pair, if it can be decided from here: it lies ahead, was decided here, or is asked for. */
function useOther({ entry, list }: ReturnType<typeof useWork>, dataset: string): Entry | undefined {
  const pair = entry ? partnerOf(entry) : null;
  const isOther = (one: Entry) => one.row === pair?.row && one.id !== entry?.id;
  const ahead = pair ? list.ahead.find(isOther) : undefined;
  const done = pair ? list.log.findLast((one) => isOther(one.entry)) : undefined;
  const number = ahead || done ? null : (pair?.entry ?? null);
  const asked = useQuery({
    queryKey: ["dataset-queue-entry", dataset, number],
    queryFn: ({ signal }) => entryOf(dataset, number ?? 0, signal),
    enabled: number !== null,
    retry: false,
  });
  if (ahead) return ahead;
  if (done) return done.body.action === "remove" ? undefined : done.entry;
  const isFree = asked.data && !asked.data.claimed && asked.data.decision?.action !== "remove";
  return isFree ? asked.data : undefined;
}
