import { expect, it } from "vitest";
import { heatOf, shade } from "./heat";

it("reads a heat map with its names, and leaves other plots alone", () => {
  const layout = { xaxis: { title: { text: "seen" } }, yaxis: {} };
  const heat = heatOf({ data: [{ type: "heatmap", z: [[5, 1], [0]], x: ["ant", "bee"], y: ["ant"] }], layout });
  expect(heat).toMatchObject({ rows: ["ant", "2"], columns: ["ant", "bee"], across: "seen", down: "" });
  expect(heatOf({ data: [{ type: "bar", y: [1] }] })).toBeNull();
  expect(heatOf(undefined)).toBeNull();
});

it("is darkest at the most, and light where nothing is", () => {
  expect([shade(0, 9), shade(9, 9), shade(Number.NaN, 9), shade(1, 0)]).toEqual([0, 1, 0, 0]);
  expect(shade(1, 100)).toBeCloseTo(0.1);
});
