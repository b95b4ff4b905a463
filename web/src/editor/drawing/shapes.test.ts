import { describe, expect, it } from "vitest";
import { setting } from "../fixtures/palette";
import * as shapes from "./shapes";

const frame = { width: 1000, height: 500 };
const zones = setting("zones", "polygons");
const line = setting("line", "line");
const lanes = setting("lanes", "lines");
const ground = setting("ground", "points", { columns: ["x", "y", "x (m)", "y (m)"] });
const pitch = [
  [0, 0, 0, 0],
  [900, 0, 50, 0],
  [900, 400, 50, 25],
  [0, 400, 0, 25],
];

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

  it("of several lines are kept as a list, in order", () => {
    const value = [
      [
        [0, 100],
        [900, 100],
      ],
      [
        [0, 200],
        [900, 200],
      ],
    ];
    const drawn = shapes.readShapes(lanes, value, "pixels", frame);
    expect(drawn.map(({ name }) => name)).toEqual(["line 1", "line 2"]);
    expect(shapes.shapeProblems(drawn, shapes.rulesOf(lanes))).toEqual([]);
    expect(shapes.writeShapes(lanes, drawn, "pixels", frame)).toEqual(value);
  });

  it("on the ground keep their metres, also when another corner goes or comes", () => {
    const rules = shapes.rulesOf(ground);
    const [drawn] = shapes.readShapes(ground, pitch, "pixels", frame) as [shapes.Drawn];
    expect(shapes.shapeProblems([drawn], rules)).toEqual([]);
    expect(shapes.writeShapes(ground, [drawn], "pixels", frame)).toEqual(pitch);
    const more = shapes.withCorner(drawn, 0, [450, 0]);
    expect(shapes.shapeProblems([more], rules)).toEqual(["Tell where point 2 is on the ground, in metres."]);
    const told = shapes.withMetres(more, 1, [25, 0]);
    expect(shapes.shapeProblems([told], rules)).toEqual([]);
    expect(shapes.writeShapes(ground, [shapes.withoutCorner(told, 1)], "pixels", frame)).toEqual(pitch);
  });

  it("insert, move and delete corners, and find names", () => {
    expect(
      shapes.withCorner(
        {
          name: "a",
          points: [
            [0, 0],
            [2, 0],
          ],
        },
        0,
        [1, 0],
      ),
    ).toEqual({
      name: "a",
      points: [
        [0, 0],
        [1, 0],
        [2, 0],
      ],
    });
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
        {
          name: "a",
          points: [
            [0, 0],
            [2, 0],
          ],
        },
        0,
      ),
    ).toEqual({ name: "a", points: [[2, 0]] });
    expect(shapes.freeShapeName([{ name: "zone 1", points: [] }], "zone")).toBe("zone 2");
  });
});
