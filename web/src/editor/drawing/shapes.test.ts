import { describe, expect, it } from "vitest";
import { setting } from "../fixtures/palette";
import * as shapes from "./shapes";

const frame = { width: 1000, height: 500 };
const zones = setting("zones", "polygons");
const line = setting("line", "line");

describe("drawn shapes", () => {
  it("keep their fractions on the way to pixels and back", () => {
    const value = {
      left: [
        [0, 0],
        [0.5, 0],
        [0.5, 1],
      ],
      "right half": [
        [0.5, 0],
        [1, 0],
        [1, 1],
      ],
    };
    const drawn = shapes.readShapes(zones, value, "fraction", frame);
    expect(drawn[0]).toEqual({
      name: "left",
      points: [
        [0, 0],
        [500, 0],
        [500, 500],
      ],
    });
    expect(shapes.writeShapes(zones, drawn, "fraction", frame)).toEqual(value);
  });

  it("turn pixels into fractions, so that they fit any video", () => {
    const drawn = shapes.readShapes(
      line,
      [
        [100, 250],
        [900, 250],
      ],
      "pixels",
      frame,
    );
    expect(shapes.writeShapes(line, drawn, "fraction", frame)).toEqual([
      [0.1, 0.5],
      [0.9, 0.5],
    ]);
    expect(shapes.writeShapes(line, drawn, "pixels", frame)).toEqual([
      [100, 250],
      [900, 250],
    ]);
  });

  it("read nothing from what is no shape", () => {
    for (const value of [null, 3, "x", ["a"], [[1, 2, 3]], [[Number.NaN, 1]]]) {
      expect(shapes.readShapes(line, value, "pixels", frame)).toEqual([]);
    }
    expect(shapes.readShapes(zones, [[0, 0]], "pixels", frame)).toEqual([]);
    expect(shapes.writeShapes(zones, [], "fraction", frame)).toBeUndefined();
  });

  it("say what is missing, and nothing of what is right", () => {
    const rules = shapes.rulesOf(zones);
    const triangle: [number, number][] = [
      [0, 0],
      [1, 0],
      [1, 1],
    ];
    expect(shapes.shapeProblems([{ name: "a", points: triangle }], rules)).toEqual([]);
    expect(shapes.shapeProblems([{ name: "a", points: [[0, 0]] }], rules)).toEqual(["“a” needs 2 more corners."]);
    expect(
      shapes.shapeProblems(
        [
          { name: "a", points: triangle },
          { name: "a", points: triangle },
        ],
        rules,
      ),
    ).toEqual(["Two are called “a”."]);
    expect(shapes.shapeProblems([{ name: " ", points: triangle }], rules)).toEqual(["Give every zone a name."]);
    expect(shapes.shapeProblems([{ name: "", points: [[0, 0]] }], shapes.rulesOf(line))).toEqual([
      "The line needs 1 more end.",
    ]);
  });

  it("follow the schema for points", () => {
    const points = setting("points", "points", { json_schema: { minItems: 4, maxItems: 4 } });
    expect(shapes.rulesOf(points)).toMatchObject({ least: 4, most: 4, closed: false });
  });

  it("insert, move and delete corners, and find names", () => {
    expect(
      shapes.withCorner(
        [
          [0, 0],
          [2, 0],
        ],
        0,
        [1, 0],
      ),
    ).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
    expect(
      shapes.withMoved(
        [
          [0, 0],
          [2, 0],
        ],
        1,
        [3, 3],
      ),
    ).toEqual([
      [0, 0],
      [3, 3],
    ]);
    expect(
      shapes.withoutCorner(
        [
          [0, 0],
          [2, 0],
        ],
        0,
      ),
    ).toEqual([[2, 0]]);
    expect(shapes.freeShapeName([{ name: "zone 1", points: [] }], "zone")).toBe("zone 2");
  });
});
