import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { notifyProblem } from "../../shared/problems";
import type { Filters } from "./filters";
import { cellsBetween, type Source } from "./items";

export type Chosen = {
  /** Names of what is chosen, by row. */
  names: ReadonlyMap<number, string>;
  rows: ReadonlySet<number>;
  /** One more or less; or all between two places of the grid. */
  choose: (from: number, to: number, many: boolean) => void;
  clear: () => void;
};

// More than this at once is a filter, not a choice.
const MOST = 20_000;

export function useChosen(id: string, edition: string, filters: Filters, source: Source): Chosen {
  const client = useQueryClient();
  const [names, setNames] = useState<Map<number, string>>(new Map());
  // Rows mean other pictures after a new reading.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new edition forgets what was chosen
  useEffect(() => setNames(new Map()), [id, edition]);

  const toggle = (index: number) => {
    const cell = source.at(index);
    if (!cell) return;
    setNames((before) => {
      const next = new Map(before);
      if (!next.delete(cell.row)) next.set(cell.row, cell.name);
      return next;
    });
  };
  const between = async (from: number, to: number) => {
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    if (high - low >= MOST) throw new Error(`Choose at most ${MOST.toLocaleString("en-GB")} pictures at once`);
    const cells = await cellsBetween(client, id, edition, filters, low, high + 1);
    setNames((before) => new Map([...before, ...cells.map((cell): [number, string] => [cell.row, cell.name])]));
  };
  return {
    names,
    rows: asSet(names),
    choose: (from, to, many) => (many ? between(from, to).catch(notifyProblem) : toggle(to)),
    clear: () => setNames(new Map()),
  };
}

const sets = new WeakMap<object, ReadonlySet<number>>();

function asSet(names: ReadonlyMap<number, string>): ReadonlySet<number> {
  let made = sets.get(names);
  if (!made) {
    made = new Set(names.keys());
    sets.set(names, made);
  }
  return made;
}
