import { describe, expect, it } from "vitest";
import type { Point } from "./geometry";
import * as geometry from "./geometry";

const frame = { width: 1920, height: 1080 };
const square: Point[] = [
  [0, 0],
  [100, 0],
  [100, 100],
  [0, 100],
];

describe("letterboxing", () => {
  it("centres the frame with bars at the sides or above and below", () => {
    expect(geometry.letterbox(frame, { width: 960, height: 1080 })).toEqual({ left: 0, top: 270, scale: 0.5 });
    expect(geometry.letterbox(frame, { width: 1920, height: 540 })).toEqual({ left: 480, top: 0, scale: 0.5 });
    expect(geometry.letterbox({ width: 0, height: 0 }, frame).scale).toBe(1);
  });

  it("is never turned inside out by a stage that has no room yet", () => {
    expect(geometry.letterbox(frame, { width: -32, height: -32 }).scale).toBeGreaterThan(0);
  });

  it("goes to the stage and back", () => {
    const box = geometry.letterbox(frame, { width: 700, height: 700 });
    const [x, y] = geometry.toFrame(geometry.toStage([123, 456], box), box);
    expect(x).toBeCloseTo(123);
    expect(y).toBeCloseTo(456);
  });
});

describe("coordinates", () => {
  it("rounds to pixels, or to four digits of a fraction", () => {
    expect(geometry.toPixels([10.4, 10.6])).toEqual([10, 11]);
    expect(geometry.toFraction([640, 333], frame)).toEqual([0.3333, 0.3083]);
    expect(geometry.fromFraction([0.5, 0.25], frame)).toEqual([960, 270]);
  });

  it("stays inside the frame, its border included", () => {
    expect(geometry.inside([-5, 2000], frame)).toEqual([0, 1080]);
    expect(geometry.inside([1920, 0], frame)).toEqual([1920, 0]);
    expect(geometry.inside([10, 10], frame)).toEqual([10, 10]);
  });

  it("moves a shape as far as all of it stays inside, without bending it", () => {
    expect(geometry.moveInside(square, [-50, 10], frame)).toEqual([
      [0, 10],
      [100, 10],
      [100, 110],
      [0, 110],
    ]);
    expect(geometry.moveInside(square, [5000, 0], frame)[1]).toEqual([1920, 0]);
  });
});

describe("corners", () => {
  it("finds the edge near a click, the closing one too", () => {
    expect(geometry.edgeNear(square, true, [50, 3], 8)).toEqual({ after: 0, at: [50, 0] });
    expect(geometry.edgeNear(square, true, [2, 50], 8)?.after).toBe(3);
    expect(geometry.edgeNear(square, false, [2, 50], 8)).toBeUndefined();
    expect(geometry.edgeNear(square, true, [50, 50], 8)).toBeUndefined();
    expect(geometry.edgeNear([[0, 0]], true, [0, 0], 8)).toBeUndefined();
  });

  it("measures, and tells when edges cross", () => {
    expect(geometry.area(square)).toBe(10000);
    expect(geometry.centre(square)).toEqual([50, 50]);
    expect(geometry.crossesItself(square)).toBe(false);
    expect(
      geometry.crossesItself([
        [0, 0],
        [100, 100],
        [100, 0],
        [0, 100],
      ]),
    ).toBe(true);
  });
});

describe("the direction of a line", () => {
  it("is to the right of whoever looks from the first end to the second", () => {
    // Upwards on the picture: right is right. Downwards: right is left.
    expect(geometry.inArrow([50, 100], [50, 0], 10)).toEqual([
      [50, 50],
      [60, 50],
    ]);
    expect(geometry.inWords([50, 100], [50, 0])).toBe("to the right");
    expect(geometry.inWords([50, 0], [50, 100])).toBe("to the left");
    expect(geometry.inWords([0, 50], [100, 50])).toBe("down");
    expect(geometry.inWords([100, 50], [0, 50])).toBe("up");
    expect(geometry.inWords([0, 0], [100, 100])).toBe("down and to the left");
  });
});
