import { expect, it } from "vitest";
import { byRule, perDay, sharePart } from "./summary";

const row = (rule: string, raised: number, wrong: number) => ({
  rule,
  camera: "gate",
  day: "2026-11-22",
  raised,
  false: wrong,
  acknowledged: 1,
});

it("adds up cameras and days of a rule, the one with most false alarms first", () => {
  const rules = byRule([row("yard", 3, 1), row("line", 9, 2), row("yard", 4, 2)]);
  expect(rules).toEqual([
    { rule: "yard", raised: 7, false: 3, acknowledged: 2 },
    { rule: "line", raised: 9, false: 2, acknowledged: 1 },
  ]);
});

it("tells no number a day for a camera that was hardly watched", () => {
  expect([perDay(null), perDay(0), perDay(0.256), perDay(31.4)]).toEqual(["–", "0", "0.26", "31"]);
});

it("tells no share of nothing", () => {
  expect([sharePart({ raised: 3, false: 1 }), sharePart({ raised: 0, false: 0 })]).toEqual(["33 %", "–"]);
});
