import { describe, expect, it } from "vitest";
import { blocks, counting } from "../fixtures/palette";
import { addBlock, connect, emptyGraph, setArgument, wiresOf } from "./graph";
import * as wiring from "./wiring";

const wire = (from: string, output: string, to: string, input: string) => ({ from, output, to, input });
const bare = () => addBlock(emptyGraph(), "track", { use: "track.objects@2" }, [600, 0]);

describe("wires", () => {
  it("lets fitting ones through, more special kinds too", () => {
    expect(wiring.refusalOf(blocks, counting(), wire("detect", "detections", "draw", "tracks"))).toBeUndefined();
    expect(wiring.refusalOf(blocks, counting(), wire("track", "tracks", "draw", "tracks"))).toBeUndefined();
  });

  it("refuses a misfit in a sentence and offers the block that would fit between", () => {
    const refusal = wiring.refusalOf(blocks, bare(), wire("source", "images", "track", "detections"));
    expect(refusal?.what).toBe("“Follow objects” takes detections here, but “images” gives images.");
    expect(refusal?.offers.map(({ label }) => label)).toEqual(["Insert “Find objects” between"]);
  });

  it("offers two blocks where one is not enough, and an output that is there already", () => {
    const graph = addBlock(emptyGraph(), "zone", { use: "zone.count@1" }, [600, 0]);
    const refusal = wiring.refusalOf(blocks, graph, wire("source", "images", "zone", "tracks"));
    expect(refusal?.offers[0]?.label).toBe("Insert “Find objects” and “Follow objects” between");
    const there = wiring.refusalOf(blocks, counting(), wire("detect", "detections", "zones", "tracks"));
    expect(there?.offers[0]?.label).toBe("Use “track: tracks” instead");
  });

  it("inserts and wires what was offered in one step", () => {
    const graph = addBlock(emptyGraph(), "zone", { use: "zone.count@1" }, [600, 0]);
    const refused = wire("source", "images", "zone", "tracks");
    const offer = wiring.refusalOf(blocks, graph, refused)?.offers[0] as wiring.Offer;
    const done = wiring.accept(blocks, graph, refused, offer);
    expect(done.added).toEqual(["detect", "track"]);
    expect(wiresOf(blocks, done.graph)).toEqual([
      wire("track", "tracks", "zone", "tracks"),
      wire("source", "images", "detect", "images"),
      wire("detect", "detections", "track", "detections"),
    ]);
  });

  it("uses the output that was offered instead", () => {
    const refused = wire("detect", "detections", "zones", "tracks");
    const graph = setArgument(counting(), "zones", "tracks", undefined);
    const offer = wiring.refusalOf(blocks, graph, refused)?.offers[0] as wiring.Offer;
    expect(wiring.accept(blocks, graph, refused, offer).graph.blocks.zones?.tracks).toBe("track.tracks");
  });

  it("refuses circles and blocks that feed themselves", () => {
    const graph = addBlock(counting(), "detect-2", { use: "detect.objects@1", images: "draw.annotated" }, [0, 0]);
    const circle = wiring.refusalOf(blocks, graph, wire("draw", "annotated", "detect", "images"));
    expect(circle?.what).toContain("circle");
    expect(circle?.offers).toEqual([]);
    expect(wiring.refusalOf(blocks, graph, wire("draw", "annotated", "draw", "images"))?.what).toContain("own input");
    expect(wiring.refusalOf(blocks, graph, wire("draw", "annotated", "detect-2", "images"))).toBeUndefined();
  });

  it("finds every port that a loose wire may join", () => {
    const found = wiring.portsThatFit(blocks, counting(), { block: "detect", port: "detections" }, "output");
    expect([...found]).toEqual(["track.detections", "draw.tracks"]);
    const giving = wiring.portsThatFit(blocks, counting(), { block: "detect", port: "images" }, "input");
    // Not the drawn picture: that hangs on what is detected.
    expect([...giving]).toEqual(["source.images"]);
  });

  it("knows the outputs that fit an input, the exact kind first, none that would close a circle", () => {
    expect(wiring.outputsThatFit(blocks, counting(), { block: "draw", port: "tracks" })).toEqual([
      { block: "detect", port: "detections" },
      { block: "track", port: "tracks" },
    ]);
    expect(wiring.outputsThatFit(blocks, counting(), { block: "detect", port: "images" })).toEqual([
      { block: "source", port: "images" },
    ]);
  });

  it("wires a new block by itself only when there is one way", () => {
    const graph = addBlock(counting(), "zone", { use: "zone.count@1" }, [0, 0]);
    expect(wiring.onlyWire(blocks, graph, "track", "zone")).toEqual(wire("track", "tracks", "zone", "tracks"));
    expect(wiring.onlyWire(blocks, graph, "detect", "zone")).toBeUndefined();
    const filled = wiring.fillRequired(
      blocks,
      connect(blocks, graph, wire("track", "tracks", "zone", "tracks")),
      "zone",
    );
    expect(filled.blocks.zone?.tracks).toBe("track.tracks");
    const detect = addBlock(emptyGraph(), "detect", { use: "detect.objects@1" }, [0, 0]);
    expect(wiring.fillRequired(blocks, detect, "detect").blocks.detect?.images).toBe("source.images");
  });

  it("offers blocks for a loose end", () => {
    const names = (found: { use: string }[]) => found.map(({ use }) => use);
    expect(names(wiring.blocksThatFit(blocks, counting(), { block: "zones", port: "counts" }, "output"))).toEqual([
      "write.table@1",
    ]);
    expect(names(wiring.blocksThatFit(blocks, counting(), { block: "zones", port: "tracks" }, "input"))).toEqual([
      "track.objects@2",
    ]);
  });
});
