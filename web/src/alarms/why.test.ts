import { describe, expect, it } from "vitest";
import { line, path, rung } from "./why";

describe("a step's bar", () => {
  it("draws a share on a scale to one", () =>
    expect(rung({ value: 0.7, asked: 0.5 })).toEqual({ value: 70, asked: 50 }));

  it("leaves room beyond the larger of two numbers", () => {
    expect(rung({ value: 6, asked: 3 })).toEqual({ value: expect.closeTo(83.3, 1), asked: expect.closeTo(41.7, 1) });
    expect(rung({ value: 2, asked: 10 }).asked).toBeCloseTo(83.3, 1);
  });

  it("has no threshold where none was asked, and is none without a number", () => {
    expect(rung({ value: 0.7, asked: null }).asked).toBeNull();
    expect(rung({ value: null, asked: 3 })).toEqual({ value: null, asked: null });
    expect(rung({ value: Number.NaN, asked: 3 }).value).toBeNull();
  });

  it("stays inside for negative numbers", () => expect(rung({ value: -4, asked: 0 })).toEqual({ value: 0, asked: 0 }));
});

describe("the looks", () => {
  const looks = [
    { time: 10, score: 0 },
    { time: 11, score: 0.5 },
    { time: 14, score: 2 },
  ];

  it("lie where their time is, not side by side", () => {
    expect(line(looks, 400, 100)).toEqual([
      { x: 0, y: 100 },
      { x: 100, y: 50 },
      { x: 400, y: 0 },
    ]);
  });

  it("are a point if there is one, and nothing if there is none", () => {
    expect(line([{ time: 3, score: 1 }], 400, 100)).toEqual([{ x: 200, y: 0 }]);
    expect(path(line([], 400, 100))).toBe("");
  });
});
