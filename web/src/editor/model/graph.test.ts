import { describe, expect, it } from "vitest";
import { blocks, counting } from "../fixtures/palette";
import * as graphs from "./graph";

const wire = (from: string, output: string, to: string, input: string) => ({ from, output, to, input });

describe("graph", () => {
  it("reads wires, with and without the port's name, and lists of them", () => {
    expect(graphs.wiresOf(blocks, counting())).toEqual([
      wire("source", "images", "detect", "images"),
      wire("detect", "detections", "track", "detections"),
      wire("track", "tracks", "zones", "tracks"),
      wire("source", "images", "draw", "images"),
      wire("track", "tracks", "draw", "tracks"),
      wire("zones", "shapes", "draw", "shapes"),
    ]);
  });

  it("always has a source, and leaves one that is there alone", () => {
    expect(graphs.emptyGraph().blocks.source).toEqual({ use: "source.media@1" });
    const graph = counting();
    expect(graphs.withSource(graph)).toBe(graph);
  });

  it("replaces the wire of a port that takes one, and adds to one that takes several", () => {
    const graph = counting();
    const again = graphs.connect(blocks, graph, wire("detect", "detections", "draw", "tracks"));
    expect(again.blocks.draw?.tracks).toBe("detect.detections");
    const both = graphs.connect(blocks, graph, wire("line", "shapes", "draw", "shapes"));
    expect(both.blocks.draw?.shapes).toEqual(["zones.shapes", "line.shapes"]);
    expect(graphs.connect(blocks, graph, wire("track", "tracks", "zones", "tracks"))).toBe(graph);
  });

  it("takes one wire away and keeps the rest", () => {
    const graph = graphs.disconnect(blocks, counting(), wire("track", "tracks", "zones", "tracks"));
    expect(graph.blocks.zones).not.toHaveProperty("tracks");
    expect(graph.blocks.zones?.zones).toBeDefined();
    expect(graphs.wiresOf(blocks, graph)).toHaveLength(5);
  });

  it("renames a block in every wire, in what is saved and in the layout, and loses nothing", () => {
    const graph = graphs.renameBlock(blocks, counting(), "track", "people");
    expect(Object.keys(graph.blocks)).toEqual(["source", "detect", "people", "zones", "draw"]);
    expect(graph.blocks.zones?.tracks).toBe("people");
    expect(graph.blocks.draw?.tracks).toBe("people.tracks");
    expect(graph.save).toEqual(["draw.annotated", "people"]);
    expect(graphs.renameBlock(blocks, graph, "people", "track")).toEqual(counting());
  });

  it("does not take a setting that reads like the block's name for a wire", () => {
    const graph = counting();
    const model = { ...graph, blocks: { ...graph.blocks, detect: { ...graph.blocks.detect, model: "track" } } };
    expect(graphs.renameBlock(blocks, model, "track", "people").blocks.detect?.model).toBe("track");
  });

  it("refuses names that are taken, malformed or the source's", () => {
    const graph = counting();
    expect(graphs.nameProblem(graph, "track", "detect")).toContain("already");
    expect(graphs.nameProblem(graph, "track", "My block")).toContain("letter");
    expect(graphs.nameProblem(graph, "source", "video")).toContain("keeps its name");
    expect(graphs.nameProblem(graph, "track", "people")).toBe("");
    expect(graphs.renameBlock(blocks, graph, "track", "detect")).toBe(graph);
  });

  it("removes blocks with their wires and saved outputs, but never the source", () => {
    const graph = graphs.removeBlocks(blocks, counting(), ["source", "track"]);
    expect(Object.keys(graph.blocks)).toEqual(["source", "detect", "zones", "draw"]);
    expect(graphs.wiresOf(blocks, graph).map(({ to }) => to)).toEqual(["detect", "draw", "draw"]);
    expect(graph.save).toEqual(["draw.annotated"]);
  });

  it("toggles what goes into the results, however it is written", () => {
    const tracks = { block: "track", port: "tracks" };
    expect(graphs.isSaved(blocks, counting(), tracks)).toBe(true);
    const without = graphs.toggleSave(blocks, counting(), tracks);
    expect(without.save).toEqual(["draw.annotated"]);
    expect(graphs.toggleSave(blocks, without, tracks).save).toEqual(["draw.annotated", "track.tracks"]);
  });

  it("keeps settings that it does not know through every edit", () => {
    let graph = graphs.setArgument(counting(), "detect", "threshold", 0.5);
    graph = graphs.moveBlocks(graph, { detect: [10.4, 20.6] });
    expect(graph.blocks.detect?.oddity).toEqual({ kept: [1, 2] });
    expect(graph.layout.detect).toEqual([10, 21]);
    expect(graphs.setArgument(graph, "detect", "threshold", undefined).blocks.detect).not.toHaveProperty("threshold");
  });

  it("shares unchanged blocks, so that only changed ones are drawn again", () => {
    const graph = counting();
    const next = graphs.setArgument(graph, "detect", "threshold", 0.5);
    expect(next.blocks.draw).toBe(graph.blocks.draw);
    expect(graphs.renameBlock(blocks, graph, "zones", "areas").blocks.detect).toBe(graph.blocks.detect);
  });

  it("finds free names", () => {
    expect(graphs.freeName(counting(), { family: "zone", verb: "count" })).toBe("zone");
    expect(graphs.freeName(counting(), { family: "track", verb: "objects" })).toBe("track-2");
    expect(graphs.freeAfter({ blocks: { a: {}, "a-2": {} } }, "a-2")).toBe("a-3");
  });
});
