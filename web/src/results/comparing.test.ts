import { describe, expect, it } from "vitest";
import { itemFor, meansOf, overlays, settingsOf, signed, spanOfBoth } from "./comparing";

const plot = (name: string) => ({ name, title: name, figure: { data: [{ name: "a", x: [0], y: [1] }], layout: {} } });

describe("which videos are put side by side", () => {
  const items = [
    { id: "r1", video_id: "v1", state: "failed" },
    { id: "r2", video_id: "v2", state: "done" },
    { id: "r3", video_id: "v3", state: "done" },
  ] as const;

  it("the same one on both sides if it is finished there", () => {
    expect(itemFor([...items], "v3")).toBe("r3");
    expect(itemFor([...items], "v1")).toBe("r2");
    expect(itemFor([], "v1")).toBe("");
  });
});

it("the clock covers both", () => {
  expect(spanOfBoth({ start: 1, seconds: 4 }, { start: 0.5, seconds: 2 })).toEqual({ start: 0.5, seconds: 4.5 });
  expect(spanOfBoth({ start: 0, seconds: null }, { start: 0, seconds: 2 })).toEqual({ start: 0, seconds: 2 });
});

it("plots of the same name lie over each other, others stand alone", () => {
  const both = overlays([plot("angles"), plot("tracks")], [plot("angles"), plot("counts")]);
  expect(both.map((one) => [one.key, one.figure.data.length])).toEqual([
    ["angles", 2],
    ["tracks", 1],
    ["counts", 1],
  ]);
});

it("what differs reads as words", () => {
  const [one] = settingsOf([{ name: "detect.threshold", left: 0.35, right: null }]);
  expect(one).toEqual({ name: "detect.threshold", left: "0.35", right: "not set" });
});

it("means stand beside each other, and what is missing is a gap", () => {
  const columns = [
    { name: "speed_m_s", left: { mean: 2 }, right: { mean: 3 }, difference: { mean: 1 } },
    { name: "x" },
  ];
  expect(meansOf(columns)).toEqual([
    { name: "speed_m_s", left: 2, right: 3, difference: 1 },
    { name: "x", left: null, right: null, difference: null },
  ]);
  expect([1.25, -0.5, 0, null].map(signed)).toEqual(["+1.25", "−0.5", "0", "–"]);
});
