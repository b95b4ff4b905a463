import { describe, expect, it } from "vitest";
import { asFigure, layoutOf, leftOf, linesOf, overlaid, rangeIn, ticksOf, traces } from "./figure";
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

  it("names rows in words", () => {
    const rows: Figure = { data: [{ y: ["cross_out line", null] }], layout: {} };
    expect(traces(rows, new Set([0]), "light")[0]?.y).toEqual(["cross out line", null]);
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

describe("the axis of time", () => {
  it.each([
    [
      [0, 80],
      ["0:00", "0:15", "0:30", "0:45", "1:00", "1:15"],
    ],
    [
      [0, 0.5],
      ["0:00.0", "0:00.1", "0:00.2", "0:00.3", "0:00.4", "0:00.5"],
    ],
    [
      [7190, 10800],
      ["2:00:00", "2:10:00", "2:20:00", "2:30:00", "2:40:00", "2:50:00", "3:00:00"],
    ],
  ] as [[number, number], string[]][])("of %j has marks %j", (range, texts) =>
    expect(ticksOf(range).ticktext).toEqual(texts),
  );

  it("begins at the same place in all plots, with room for the longest name of a row", () => {
    const rows = (name: string): Figure => ({ data: [{ y: [name] }], layout: {} });
    expect(leftOf([FIGURE, rows("#1")])).toBe(56);
    expect(leftOf([FIGURE, rows("enter right half")])).toBe(135);
    expect(leftOf([rows("x".repeat(200))])).toBe(168);
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
