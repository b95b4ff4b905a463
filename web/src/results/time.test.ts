import { describe, expect, it } from "vitest";
import { clockText, looped, momentIn, momentLink, spanOf, step, toMedia, toVideo } from "./time";

describe("media time and video time", () => {
  it("differ by the media time of the first frame", () => {
    expect(toMedia(2, 10.5)).toBe(12.5);
    expect(toVideo(12.5, 10.5)).toBe(2);
    expect(toVideo(3, 10.5)).toBe(0);
  });

  it("step lands in the middle of the next frame, from its edge and from anywhere inside it", () => {
    expect(step(0, 1, 25, 10)).toBeCloseTo(0.06);
    expect(step(0.0399999999, 1, 25, 10)).toBeCloseTo(0.1);
    expect(step(0.06, -1, 25, 10)).toBeCloseTo(0.02);
  });

  it("step stays inside the video", () => {
    expect(step(0.01, -1, 25, 10)).toBeCloseTo(0.02);
    expect(step(9.99, 1, 25, 10)).toBeCloseTo(9.98);
    expect(step(0, 1, null, 10)).toBeCloseTo(0.06);
  });

  it("thirty thousand steps of one frame visit thirty thousand frames", () => {
    const fps = 30000 / 1001;
    let time = 0;
    for (let n = 1; n <= 30000; n++) {
      time = step(time, 1, fps, 2000);
      expect(Math.floor(time * fps)).toBe(n);
    }
  });
});

describe("a loop", () => {
  it("goes back at its end only", () => {
    expect(looped(4, { from: 2, to: 4 })).toBe(2);
    expect(looped(3, { from: 2, to: 4 })).toBe(3);
    expect(looped(1.8, { from: 2, to: 4 })).toBe(1.8);
    expect(looped(0, { from: 2, to: 4 })).toBe(2);
    expect(looped(9, null)).toBe(9);
  });

  it("is ordered and inside the video", () => {
    expect(spanOf(5, 3, 0, 10)).toEqual({ from: 3, to: 5 });
    expect(spanOf(-5, 30, 0, 10)).toEqual({ from: 0, to: 10 });
    expect(spanOf(3, 3, 0, 10)).toEqual({ from: 3, to: 3.1 });
  });
});

describe("a moment", () => {
  it.each([
    [0, "0:00.00"],
    [59.996, "1:00.00"],
    [62.5, "1:02.50"],
    [3723.04, "1:02:03.04"],
    [-1.5, "−0:01.50"],
    [Number.NaN, "–"],
  ])("%d s reads %s", (seconds, text) => expect(clockText(seconds)).toBe(text));

  it("survives the address", () => {
    const link = momentLink("http://x/results/a?tab=files&t=1", 12.3456);
    expect(link).toBe("http://x/results/a?tab=files&t=12.346");
    expect(momentIn(new URL(link).searchParams)).toBe(12.346);
  });

  it.each(["", "t=", "t=abc", "t=-3", "t=Infinity"])("is none in ?%s", (text) =>
    expect(momentIn(new URLSearchParams(text))).toBeNull(),
  );
});
