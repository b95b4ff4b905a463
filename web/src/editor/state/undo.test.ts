import { describe, expect, it } from "vitest";
import { blocks, counting } from "../fixtures/palette";
import type { Graph } from "../model/graph";
import { outputsThatFit } from "../model/wiring";
import * as actions from "./actions";
import { edit, endGroup, open, redoEdit, select, setPreview, undoEdit, useEditor } from "./store";

const state = useEditor.getState;

/** The same numbers for the same seed (mulberry32), so that a failure can be repeated. */
function numbers(seed: number): (below: number) => number {
  let now = seed;
  return (below) => {
    now = (now + 0x6d2b79f5) | 0;
    let mixed = Math.imul(now ^ (now >>> 15), 1 | now);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function act(next: (below: number) => number): void {
  const names = Object.keys(state().graph.blocks);
  const name = names[next(names.length)] as string;
  const other = names[next(names.length)] as string;
  const ends = outputsThatFit(blocks, state().graph, { block: name, port: "tracks" });
  const all: (() => unknown)[] = [
    () => actions.addFromPalette(blocks.offered[next(blocks.offered.length)] as (typeof blocks.offered)[number]),
    () => actions.setArgument(name, "threshold", next(100) / 100),
    () => actions.setArgument(name, "threshold", undefined, ""),
    () => actions.rename(name, `block-${next(1000)}`),
    () => actions.toggleSave({ block: name, port: "tracks" }),
    () => ends[0] && actions.join({ from: ends[0].block, output: ends[0].port, to: name, input: "tracks" }),
    () => actions.arrangeAll(),
    () => edit((graph) => ({ ...graph, about: `about ${next(10)}` }), "about"),
    () => endGroup(),
    () => {
      select([name, other]);
      actions.duplicate();
    },
    () => {
      select([name]);
      actions.removeSelected();
    },
    () => {
      select([]);
      actions.pasteText(actions.copyText());
    },
  ];
  (all[next(all.length)] as () => unknown)();
}

describe("undo", () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))("takes 20 random steps back to what was, seed %i", (seed) => {
    open(blocks, { id: "p1", version: 1, graph: counting() });
    setPreview(null);
    const before = state().graph;
    const copy = structuredClone(before) as Graph;
    const next = numbers(seed);
    for (let step = 0; step < 20; step += 1) act(next);
    const after = structuredClone(state().graph) as Graph;
    while (state().history.past.length) undoEdit();
    expect(state().graph).toEqual(copy);
    expect(Object.keys(state().graph.blocks)).toEqual(Object.keys(copy.blocks));
    expect(state().nodes.map(({ id }) => id)).toEqual(Object.keys(copy.blocks));
    while (state().history.future.length) redoEdit();
    expect(state().graph).toEqual(after);
    expect(before).toEqual(copy);
  });
});
