import { describe, expect, it } from "vitest";
import { about, ago, asSentence, bytes, counted, duration, moment, percent } from "./format";

describe("bytes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [999.6, "1.0 KB"],
    [1536, "1.5 KB"],
    [99_960, "100 KB"],
    [999_900, "1.0 MB"],
    [12_300_000_000, "12.3 GB"],
    [-5, "0 B"],
    [null, "–"],
    [Number.NaN, "–"],
  ])("shows %s as %s", (count, text) => expect(bytes(count)).toBe(text));
});

describe("duration", () => {
  it.each([
    [0, "0:00"],
    [-1, "0:00"],
    [7.7, "0:08"],
    [75, "1:15"],
    [3599.7, "1:00:00"],
    [3723, "1:02:03"],
    [undefined, "–"],
  ])("shows %s as %s", (seconds, text) => expect(duration(seconds)).toBe(text));
});

describe("about", () => {
  it.each([
    [3, "less than 10 seconds"],
    [42, "about 40 seconds"],
    [58, "about 1 minute"],
    [150, "about 3 minutes"],
    [3500, "about 1 hour"],
    [5400, "about 1.5 hours"],
    [null, "–"],
  ])("says %s as %s", (seconds, text) => expect(about(seconds)).toBe(text));
});

describe("ago", () => {
  const now = new Date("2026-11-21T18:00:00Z");
  it.each([
    ["2026-11-21T17:59:40Z", "just now"],
    ["2026-11-21T18:00:30Z", "just now"],
    ["2026-11-21T17:55:00Z", "5 minutes ago"],
    ["2026-11-21T16:58:00Z", "1 hour ago"],
    ["2026-11-20T18:00:00Z", "yesterday"],
    ["2026-11-18T18:00:00Z", "3 days ago"],
    ["2026-03-02T12:00:00Z", "2 Mar"],
    ["2024-03-02T12:00:00Z", "2 Mar 2024"],
    ["", "–"],
  ])("says %s as %s", (then, text) => expect(ago(then, now)).toBe(text));
});

it("shows a moment in full", () => {
  expect(moment(new Date(2026, 10, 21, 8, 6))).toBe("21 Nov 2026, 08:06");
  expect(moment(null)).toBe("–");
});

it("never says 100 % before all is done, nor more than it", () => {
  expect([percent(0.999), percent(1), percent(1.2), percent(-1)]).toEqual(["99 %", "100 %", "100 %", "0 %"]);
});

it("counts in words", () => {
  expect([counted(1, "video"), counted(1200, "video"), counted(2, "entry", "entries")]).toEqual([
    "1 video",
    "1,200 videos",
    "2 entries",
  ]);
});

it("makes sentences", () => {
  expect([asSentence("the name is taken"), asSentence("Why?"), asSentence("")]).toEqual([
    "The name is taken.",
    "Why?",
    "",
  ]);
});
