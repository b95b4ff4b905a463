import { describe, expect, it } from "vitest";
import { inSight, kindsOf, latest } from "./happenings";

const at = (...times: number[]) => times.map((time_s) => ({ time_s }));

describe("the newest event at a moment", () => {
  it.each([
    [0, -1],
    [1, 0],
    [1.9, 0],
    [1.996, 1],
    [50, 2],
  ])("at %d s is number %d", (time, number) => expect(latest(at(1, 2, 3), time)).toBe(number));

  it("is none where there are none", () => expect(latest([], 3)).toBe(-1));
});

it("kinds are counted, the most frequent first", () => {
  const events = ["leave", "enter", "leave", "cross_in"].map((kind) => ({ kind }));
  expect(kindsOf(events)).toEqual([
    ["leave", 2],
    ["cross_in", 1],
    ["enter", 1],
  ]);
});

describe("what a list of thousands draws", () => {
  it("is what is in sight and a little around it", () => {
    expect(inSight(64_000, 420, 64, 100_000)).toEqual([992, 1015]);
  });
  it("stays inside the list", () => {
    expect(inSight(0, 420, 64, 3)).toEqual([0, 3]);
    expect(inSight(64_000, 420, 64, 10)).toEqual([10, 10]);
  });
});
