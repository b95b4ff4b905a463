import { expect, it } from "vitest";
import { risen, words } from "./useNewAlarms";

const gate = { name: "gate", title: "Gate", alarms_open: 1 };
const yard = { name: "yard", title: "", alarms_open: 2 };

it("calls nothing new at the first look, nor what was there before", () => {
  expect(risen(null, [gate])).toEqual([]);
  expect(risen(new Map([["gate", 1]]), [gate])).toEqual([]);
});

it("calls more than before new, not fewer, and not those of a camera that was not there", () => {
  const before = new Map([
    ["gate", 0],
    ["hall", 5],
  ]);
  expect(risen(before, [gate, yard, { name: "hall", title: "", alarms_open: 4 }])).toEqual([gate]);
});

it("names a few cameras and counts many", () => {
  expect(words([gate, yard])).toBe("New alarm: Gate, yard");
  expect(words([gate, yard, gate, yard])).toBe("New alarms on 4 cameras");
  expect(words([])).toBe("");
});
