import { describe, expect, it } from "vitest";
import {
  causes,
  causeText,
  clockText,
  droppedShare,
  droppedText,
  milliseconds,
  rate,
  share,
  stageText,
} from "./figures";

describe("a number", () => {
  it.each([
    [4.96, "5"],
    [0.42, "0.4"],
    [12.5, "12.5"],
    [3175.4, "3,175"],
    [0, "0"],
    [null, "–"],
    [Number.NaN, "–"],
  ])("of pictures a second, %s, is %s", (value, text) => expect(rate(value)).toBe(text));

  it.each([
    [243.7, "244 ms"],
    [999.4, "999 ms"],
    [999.6, "1.0 s"],
    [1830, "1.8 s"],
    [null, "–"],
  ])("of milliseconds, %s, is %s", (value, text) => expect(milliseconds(value)).toBe(text));

  it.each([
    [0, "0 %"],
    [0.0001, "< 0.1 %"],
    [0.0312, "3.1 %"],
    [0.0996, "10 %"],
    [0.4, "40 %"],
    [7, "100 %"],
    [Number.NaN, "0 %"],
  ])("that is a share, %s, is %s", (value, text) => expect(share(value)).toBe(text));
});

describe("pictures that were not looked at", () => {
  const some = { analysed: 960, dropped: { stale: 30, overtaken: 10, skipped: 0 } };

  it("are a share of those that were to be", () => {
    expect(droppedShare(some)).toBeCloseTo(0.04);
    expect(droppedShare({ analysed: 0, dropped: {} })).toBe(0);
  });

  it("are told by cause, the commonest first, without those that there are none of", () => {
    expect(causes(some).map(({ cause, share: part }) => [cause, part])).toEqual([
      ["stale", 0.03],
      ["overtaken", 0.01],
    ]);
  });

  it("are one line, and none are said to be none", () => {
    expect(droppedText(some)).toBe("4 % not looked at: 3 % waited for too long, 1 % a newer picture took its place");
    expect(droppedText({ analysed: 5, dropped: { stale: 0 } })).toBe("Every picture was looked at");
  });

  it("have a cause in words even if it is a new one", () => {
    expect(causeText("lens_cap")).toBe("lens cap");
  });
});

it("names stages as people do", () => {
  expect(["inference", "lanes", "new_one"].map(stageText)).toEqual(["Models", "Tracks and rules", "New one"]);
});

it("tells the date of a time only if it is another day", () => {
  const now = new Date(2026, 10, 22, 12);
  expect(clockText(new Date(2026, 10, 22, 9, 5).getTime() / 1000, now)).toBe("09:05");
  expect(clockText(new Date(2026, 10, 21, 18, 6).getTime() / 1000, now)).toBe("21 Nov, 18:06");
});
