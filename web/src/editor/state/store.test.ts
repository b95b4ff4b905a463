import { beforeEach, describe, expect, it } from "vitest";
import { blocks, counting } from "../fixtures/palette";
import { emptyGraph } from "../model/graph";
import * as actions from "./actions";
import * as store from "./store";

const state = store.useEditor.getState;
const block = (use: string) => blocks.byUse.get(use) as NonNullable<ReturnType<typeof blocks.byUse.get>>;
const spot = { screen: { x: 0, y: 0 }, canvas: [0, 0] as [number, number] };

describe("editor", () => {
  beforeEach(() => store.open(blocks, { id: "p1", version: 1, graph: counting() }));

  it("is clean when opened, also where blocks had no place yet", () => {
    expect(store.isDirty(state())).toBe(false);
    expect(state().nodes).toHaveLength(5);
    expect(state().edges).toHaveLength(6);
  });

  it("adds a block beside the selected one, wired, and undoes both at once", () => {
    store.select(["track"]);
    const name = actions.addFromPalette(block("zone.count@1"));
    expect(state().graph.blocks[name]).toEqual({ use: "zone.count@1", tracks: "track.tracks" });
    expect(state().selected).toEqual([name]);
    expect(state().spoken).toContain("wired to track");
    store.undoEdit();
    expect(state().graph.blocks).not.toHaveProperty(name);
    expect(store.isDirty(state())).toBe(false);
    store.redoEdit();
    expect(state().graph.blocks).toHaveProperty(name);
  });

  it("of whoever may only look changes nothing, and shows other versions all the same", () => {
    store.useEditor.setState({ readOnly: true });
    const before = state().graph;
    actions.setArgument("detect", "threshold", 0.5);
    actions.addFromPalette(block("zone.count@1"));
    expect(state().graph).toBe(before);
    store.look(() => emptyGraph("theirs"));
    expect(state().graph.pipeline).toBe("theirs");
    expect(store.isDirty(state())).toBe(false);
    store.useEditor.setState({ readOnly: false });
  });

  it("draws rows farther apart for the pictures of a try, keeps places as they are, and gives the room back", () => {
    const layout: Record<string, [number, number]> = { source: [0, 0], detect: [0, 200], track: [300, 0] };
    store.open(blocks, { id: "p1", version: 1, graph: { ...counting(), layout } });
    const grow = (height: number) =>
      store.onNodesChange([
        { type: "dimensions", id: "source", dimensions: { width: 220, height }, setAttributes: true },
      ]);
    const top = (name: string) => state().nodes.find(({ id }) => id === name)?.position.y ?? 0;
    grow(300);
    expect(top("detect")).toBe(200);
    store.setPreview({ blocks: {} } as store.Preview);
    grow(380);
    expect(top("detect")).toBeGreaterThanOrEqual(400);
    expect(state().graph.layout.detect).toEqual([0, 200]);
    store.onNodesChange([{ type: "position", id: "detect", position: { x: 0, y: top("detect") }, dragging: false }]);
    expect(state().graph.layout.detect).toEqual([0, 200]);
    store.setPreview(null);
    expect(top("detect")).toBe(200);
  });

  it("draws only the changed block again", () => {
    const before = new Map(state().nodes.map((node) => [node.id, node]));
    actions.setArgument("detect", "threshold", 0.5);
    expect(state().nodes.every((node) => before.get(node.id) === node)).toBe(true);
    store.onNodesChange([{ type: "position", id: "zones", position: { x: 5, y: 6 }, dragging: true }]);
    expect(
      state()
        .nodes.filter((node) => before.get(node.id) !== node)
        .map(({ id }) => id),
    ).toEqual(["zones"]);
  });

  it("takes a drag and typing as one step each, and a drag changes the pipeline at its end only", () => {
    const before = state().graph;
    store.onNodesChange([{ type: "position", id: "zones", position: { x: 5, y: 6 }, dragging: true }]);
    expect(state().graph).toBe(before);
    store.onNodesChange([{ type: "position", id: "zones", position: { x: 50, y: 60 }, dragging: false }]);
    expect(state().graph.layout.zones).toEqual([50, 60]);
    for (const value of [0.1, 0.12, 0.123]) actions.setArgument("detect", "threshold", value);
    store.undoEdit();
    expect(state().graph.blocks.detect).not.toHaveProperty("threshold");
    expect(state().graph.layout.zones).toEqual([50, 60]);
    store.undoEdit();
    expect(state().graph).toBe(before);
  });

  it("shows a refusal and does what it offers", () => {
    store.open(blocks, { id: null, version: null, graph: emptyGraph() });
    const name = actions.addFromPalette(block("zone.count@1"), [700, 0]);
    const wire = { from: "source", output: "images", to: name, input: "tracks" };
    expect(actions.join(wire, spot)).toBe(false);
    expect(state().refused?.what).toContain("takes tracks");
    actions.acceptOffer(state().refused?.offers[0] as never);
    expect(state().graph.blocks[name]?.tracks).toBe("track.tracks");
    expect(state().refused).toBeNull();
    expect(state().edges).toHaveLength(3);
  });

  it("wires what is dropped at the loose end of a wire", () => {
    const name = actions.addFromPalette(block("draw.overlay@1"), [0, 900], {
      block: "zones",
      port: "shapes",
      side: "output",
    });
    expect(state().graph.blocks[name]).toMatchObject({ shapes: "zones.shapes" });
  });

  it("keeps the source, and removes the rest with its wires", () => {
    store.select(["source"]);
    actions.removeSelected();
    expect(state().graph.blocks.source).toBeDefined();
    expect(state().spoken).toContain("stays");
    actions.selectAll();
    actions.removeSelected();
    expect(Object.keys(state().graph.blocks)).toEqual(["source"]);
    expect(state().edges).toEqual([]);
  });

  it("copies and pastes", () => {
    store.select(["detect", "track"]);
    expect(actions.duplicate()).toBe(true);
    expect(state().selected).toEqual(["detect-2", "track-2"]);
    expect(actions.pasteText("hello")).toBe(false);
  });

  it("pins problems, and lets a block without any stay silent", () => {
    const quiet = state().nodes.find(({ id }) => id === "track");
    store.setChecked([{ what: "bad", fix: "mend it", block: "detect", port: "threshold" }], []);
    expect(state().problemsOf.detect).toHaveLength(1);
    expect(state().nodes.find(({ id }) => id === "detect")?.ariaLabel).toBe("Find objects, block detect, 1 problem");
    expect(state().nodes.find(({ id }) => id === "track")).toBe(quiet);
    const pinned = state().problemsOf.detect;
    store.setChecked([{ what: "bad", fix: "mend it", block: "detect", port: "threshold" }], []);
    expect(state().problemsOf.detect).toBe(pinned);
    actions.setArgument("detect", "threshold", 0.2);
    expect(state().checking.fresh).toBe(false);
  });
});
