import { describe, expect, it } from "vitest";
import { blocks, counting } from "../fixtures/palette";
import { cutOut, paste, readPart } from "./clipboard";
import { emptyGraph, wiresOf } from "./graph";
import { begin, change, pause, redo, undo } from "./history";
import { arrange, freePlace, laidOut, NODE_SIZE, placed } from "./layout";
import { byFamily, highlight, searchBlocks } from "./palette";

describe("history", () => {
  it("goes back and forth, and forgets the future after a change", () => {
    const three = change(change(begin(1), 2), 3);
    expect(undo(three).now).toBe(2);
    expect(redo(undo(three)).now).toBe(3);
    const branch = change(undo(three), 9);
    expect(redo(branch).now).toBe(9);
    expect(undo(undo(branch)).now).toBe(1);
    expect(undo(begin(1)).now).toBe(1);
  });

  it("takes what belongs together as one step", () => {
    const typed = change(change(change(begin("a"), "ab", "type"), "abc", "type"), "abcd", "type");
    expect(undo(typed).now).toBe("a");
    expect(undo(change(pause(typed), "abcde", "type")).now).toBe("abcd");
  });
});

describe("clipboard", () => {
  it("pastes under free names and keeps the wires among the copied", () => {
    const part = readPart(JSON.stringify(cutOut(counting(), ["source", "detect", "track"])));
    if (!part) throw new Error("no part");
    const { graph, added } = paste(blocks, counting(), part, [20, 20]);
    expect(added).toEqual(["detect-2", "track-2"]);
    expect(graph.blocks["track-2"]?.detections).toBe("detect-2");
    expect(graph.blocks["detect-2"]?.images).toBe("source.images");
    expect(graph.save).toEqual(["draw.annotated", "track", "track-2"]);
    expect(graph.layout["detect-2"]).toEqual([320, 20]);
  });

  it("drops wires to blocks that the other pipeline has not", () => {
    const part = cutOut(counting(), ["zones", "draw"]);
    if (!part) throw new Error("no part");
    const { graph } = paste(blocks, emptyGraph(), part, [0, 0]);
    expect(wiresOf(blocks, graph).map(({ from, to }) => `${from}>${to}`)).toEqual(["source>draw", "zones>draw"]);
    expect(graph.blocks.zones).not.toHaveProperty("tracks");
  });

  it("takes no other text for blocks", () => {
    for (const text of ["", "null", "[]", "{}", '{"trackside":"blocks"}', '{"trackside":"blocks","blocks":{"a":3}}']) {
      expect(readPart(text)).toBeUndefined();
    }
    expect(cutOut(counting(), ["source"])).toBeUndefined();
  });
});

describe("layout", () => {
  it("draws from left to right without overlaps", () => {
    const { layout } = arrange(blocks, counting());
    const x = (name: string) => layout[name]?.[0] ?? Number.NaN;
    expect(x("source")).toBeLessThan(x("detect"));
    expect(x("detect")).toBeLessThan(x("track"));
    expect(x("track")).toBeLessThan(x("zones"));
    expect(x("zones")).toBeLessThan(x("draw"));
  });

  it("is shown with its source, also where the file does not write it", () => {
    const { source: _, ...rest } = counting().blocks;
    const shown = laidOut(blocks, { ...counting(), blocks: rest });
    expect(Object.keys(shown.blocks)[0]).toBe("source");
    expect(shown.layout.source).toBeDefined();
  });

  it("gives places to blocks that have none and moves no other", () => {
    const graph = placed(blocks, counting());
    expect(Object.keys(graph.layout).sort()).toEqual(["detect", "draw", "source", "track", "zones"]);
    expect(graph.layout.detect).toEqual([300, 0]);
    expect(placed(blocks, graph)).toBe(graph);
  });

  it("finds a place that covers nothing", () => {
    const graph = counting();
    expect(freePlace(graph, [2000, 0])).toEqual([2000, 0]);
    const [, y] = freePlace(graph, [300, 0]);
    expect(y).toBeGreaterThanOrEqual(NODE_SIZE.height);
  });
});

describe("palette", () => {
  it("searches title, help and kinds, titles first", () => {
    const found = (text: string) => searchBlocks(blocks.offered, text).map(({ use }) => use);
    expect(found("follow")).toEqual(["track.objects@2"]);
    expect(found("objects")[0]).toMatch(/objects/);
    expect(found("shapes")).toEqual(["zone.count@1", "draw.overlay@1"]);
    expect(found("nonsense")).toEqual([]);
    expect(found(" ")).toHaveLength(blocks.offered.length);
  });

  it("shows where the search matched", () => {
    expect(highlight("Find objects", "obj")).toEqual([
      { text: "Find ", hit: false },
      { text: "obj", hit: true },
      { text: "ects", hit: false },
    ]);
    expect(highlight("a.b", "(")).toEqual([{ text: "a.b", hit: false }]);
  });

  it("leaves families without a hit out, and knows blocks without their version", () => {
    expect(byFamily(blocks.palette, searchBlocks(blocks.offered, "zones")).map(({ family }) => family.name)).toEqual([
      "zone",
    ]);
    expect(blocks.byUse.get("track.objects")?.version).toBe(2);
  });
});
