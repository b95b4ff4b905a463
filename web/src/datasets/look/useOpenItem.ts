import { useEffect, useState } from "react";
import { useSearchParams } from "react-router";
import type { Source } from "./items";

/** The picture that is shown whole. Which one stands in the address; its neighbours are those of the grid. */
export function useOpenItem(source: Source, active: number, setActive: (index: number) => void) {
  const [params, setParams] = useSearchParams();
  const given = params.get("item");
  const row = given !== null && /^\d+$/.test(given) ? Number(given) : null;
  // Whether the picture that is shown is the one that is active in the grid.
  const [known, setKnown] = useState(false);

  const set = (next: number | null) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        next === null ? after.delete("item") : after.set("item", String(next));
        return after;
      },
      { replace: row !== null },
    );
  const cell = known ? source.at(active) : null;
  // What lies next may have to be fetched first.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows the grid alone
  useEffect(() => {
    if (row !== null && cell && cell.row !== row) set(cell.row);
  }, [cell?.row]);

  return {
    row,
    known: known && row !== null,
    open: (index: number) => {
      const there = source.at(index);
      if (!there) return;
      setActive(index);
      setKnown(true);
      set(there.row);
    },
    openRow: (next: number) => {
      setKnown(false);
      set(next);
    },
    go: (step: number) => {
      const next = active + (known ? step : 0);
      if (next < 0 || next >= (source.total ?? 0)) return;
      setActive(next);
      setKnown(true);
    },
    close: () => {
      setKnown(false);
      set(null);
    },
  };
}
