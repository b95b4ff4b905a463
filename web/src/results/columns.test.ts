import { describe, expect, it } from "vitest";
import { cell, decimalsOf, half, heading, isNumber, timeColumn, timeOf } from "./columns";

describe("a column", () => {
  it.each([
    ["knee_angle_deg", "knee angle", "°"],
    ["speed_m_s", "speed", "m/s"],
    ["time_s", "time", "s"],
    ["x1", "x1", ""],
    ["class", "class", ""],
    ["items", "items", ""],
  ])("%s reads %s in %s", (column, words, unit) => expect(heading(column)).toEqual({ words, unit }));

  it("of numbers is told by its type", () => {
    expect(["integer", "number"].every(isNumber)).toBe(true);
    expect(["text", "boolean", "time", ""].some(isNumber)).toBe(false);
  });
});

describe("a cell", () => {
  it.each([
    [null, "–"],
    [Number.NaN, "–"],
    [0, "0"],
    [12.345678, "12.3457"],
    [12, "12"],
    ["left", "left"],
    [false, "no"],
    [[1, 2, 3, 4, 5], "1, 2, 3, 4, … (5)"],
  ])("%j reads %s", (value, text) => expect(cell(value)).toBe(text));
});

it("a row's moment is found, and nothing is made up where there is none", () => {
  expect(timeColumn(["frame", "time_s", "id"])).toBe(1);
  expect(timeOf([3, 0.12, 1], 1)).toBe(0.12);
  expect(timeOf([3, null, 1], 1)).toBeNull();
  expect(timeOf([3, 0.12], timeColumn(["a", "b"]))).toBeNull();
  expect(half(25)).toBeCloseTo(0.0201);
  expect(half(null)).toBeCloseTo(0.0201);
});

it("the numbers of a column have their points below each other", () => {
  expect(decimalsOf("knee_deg", "number", [174.309, 8.1, null])).toBe(1);
  expect(decimalsOf("score", "number", [0.35124])).toBe(3);
  expect(decimalsOf("time_s", "number", [3000.1])).toBe(3);
  expect(decimalsOf("id", "integer", [3])).toBeUndefined();
  expect([174.309, 8.1].map((value) => cell(value, 1))).toEqual(["174.3", "8.1"]);
  expect(cell(null, 1)).toBe("–");
});
