import { describe, expect, it } from "vitest";
import { asFigure, layoutOf, linesOf, overlaid, rangeIn, traces } from "./figure";
import type { Figure } from "./plotly";

const FIGURE: Figure = {
  data: [
    { type: "scatter", name: "#1 knee", x: [0, 1], y: [1, 2], line: { color: "#3e7bfa", width: 2 } },
    { type: "scatter", name: "#2 knee", x: [0, 1], y: [2, 3], line: { color: "#f5b700" }, visible: "legendonly" },
  ],
  layout: { height: 340, yaxis: { title: { text: "degrees" } } },
};

describe("a figure on the page", () => {
  it("shows the lines that the server shows", () => {
    expect(linesOf(FIGURE, "light").map((line) => line.shown)).toEqual([true, false]);
    const drawn = traces(FIGURE, new Set([1]), "dark");
    expect(drawn.map((trace) => trace.visible)).toEqual([false, true]);
    expect(FIGURE.data[0]?.visible).toBeUndefined();
  });

  it("has the video's span on x, and its own unit on y", () => {
    const layout = layoutOf(FIGURE, [10, 20], "light", true) as Record<string, Record<string, unknown>>;
    expect(layout.xaxis?.range).toEqual([10, 20]);
    expect(layout.yaxis?.title).toEqual({ text: "degrees" });
    expect(layout.yaxis?.fixedrange).toBe(true);
  });

  it("keeps a text colour that differs by scheme", () => {
    const font = (scheme: "light" | "dark") => layoutOf(FIGURE, [0, 1], scheme, true).font;
    expect(font("light")).not.toEqual(font("dark"));
  });

  it("is empty rather than broken when the answer is odd", () => {
    expect(asFigure({})).toEqual({ data: [], layout: {} });
    expect(asFigure({ data: "x", layout: null })).toEqual({ data: [], layout: {} });
  });
});

describe("a zoom", () => {
  it.each([
    [{ "xaxis.range[0]": 1, "xaxis.range[1]": 2 }, [1, 2]],
    [{ "xaxis.range": [3, 4] }, [3, 4]],
    [{ "xaxis.autorange": true }, "all"],
    [{ "yaxis.range[0]": 1 }, null],
    [{ width: 300 }, null],
  ])("is read from %j", (change, range) => expect(rangeIn(change)).toEqual(range));
});

it("two figures lie over each other and can be told apart", () => {
  const both = overlaid(FIGURE, FIGURE);
  expect(both.data.map((trace) => trace.name)).toEqual(["A #1 knee", "A #2 knee", "B #1 knee", "B #2 knee"]);
  expect(new Set(both.data.map((trace) => trace.line?.dash))).toEqual(new Set(["solid", "dot"]));
  expect(overlaid(null, FIGURE).data).toHaveLength(2);
  const rows = overlaid({ data: [{ y: ["#1", null] }], layout: { showlegend: false } }, null);
  expect(rows.data[0]?.y).toEqual(["A #1", null]);
  expect(rows.layout.showlegend).toBe(false);
});
