import { expect, it } from "vitest";
import { groupsOf, hasPositive, notesOf, partOf, smoothed, titleOf, tracesOf } from "./curves";
import { curve } from "./fixtures";

const PLAIN = { logarithmic: false, smooth: false };

it("puts training and validation of one measure into one plot, what was validated first", () => {
  const groups = groupsOf([
    { name: "a", curves: [curve("rate", [1]), curve("train/loss", [2, 1]), curve("validation/loss", [3, 2])] },
  ]);
  expect(groups.map((group) => [group.measure, group.parts])).toEqual([
    ["loss", ["train", "validation"]],
    ["rate", [""]],
  ]);
  const [one, other] = groups[0]?.lines ?? [];
  expect(one?.colour).not.toBe(other?.colour);
  expect(partOf("val_loss")).toEqual({ part: "validation", measure: "loss" });
  expect(partOf("latency/p95")).toEqual({ part: "", measure: "latency/p95" });
});

it("tells several runs by colour and their parts by dashes", () => {
  const curves = [curve("train/loss", [1, 2]), curve("validation/loss", [1, 2])];
  const lines = groupsOf([
    { name: "a", curves },
    { name: "b", curves },
  ]).flatMap((group) => group.lines);
  expect(new Set(lines.map((line) => line.colour)).size).toBe(2);
  expect(lines.map((line) => line.dash)).toEqual(["dot", "solid", "dot", "solid"]);
  expect(lines.map((line) => titleOf(line, 2))[3]).toBe("b · validation");
});

it("smooths without a bias at the ends or a lag, and leaves gaps", () => {
  expect(smoothed([5, 5, null, 5])).toEqual([5, 5, null, 5]);
  const rising = Array.from({ length: 200 }, (_, at) => at);
  expect(smoothed(rising)[100]).toBeCloseTo(100, 0);
  const noisy = Array.from({ length: 200 }, (_, at) => (at % 2 ? 1 : -1));
  expect(
    Math.max(
      ...smoothed(noisy)
        .slice(100)
        .map((value) => Math.abs(value ?? 9)),
    ),
  ).toBeLessThan(0.15);
});

it("leaves out of a logarithm what has none, and keeps the raw line faint beside the smooth one", () => {
  const lines = groupsOf([{ name: "<b>", curves: [curve("loss", [1, 0, -2, 4])] }])[0]?.lines ?? [];
  const [raw] = tracesOf(lines, 1, { logarithmic: true, smooth: false }, "light");
  expect(raw?.y).toEqual([1, null, null, 4]);
  expect(tracesOf(lines, 1, { logarithmic: false, smooth: true }, "light")).toHaveLength(2);
  expect(String(tracesOf(lines, 2, PLAIN, "light")[0]?.hovertemplate)).toContain("&lt;b>");
  expect(hasPositive(lines)).toBe(true);
});

it("says what a plot cannot show, and nothing of a healthy one", () => {
  const line = (given: ReturnType<typeof curve>) => groupsOf([{ name: "a", curves: [given] }])[0]?.lines ?? [];
  expect(notesOf(line(curve("loss", [1, 2])))).toEqual([]);
  expect(notesOf(line(curve("loss", [1, null, null])))[0]).toBe("2 values NaN or infinite, first at step 1: the gaps.");
  expect(notesOf(line(curve("loss", [1], { thinned: true, points: 20_000 })))[0]).toMatch(/20,000 points/);
});
