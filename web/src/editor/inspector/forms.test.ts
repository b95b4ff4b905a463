import { describe, expect, it } from "vitest";
import { blocks, setting } from "../fixtures/palette";
import type { Block } from "../model/palette";
import * as forms from "./forms";

const threshold = setting("threshold", "number", { minimum: 0, maximum: 1, default: 0.35 });
const wait = setting("wait", "number", { minimum: 0, exclusive_minimum: true, unit: "s" });

describe("forms", () => {
  it("says ranges in words", () => {
    expect(forms.rangeWords(threshold)).toBe("0 to 1");
    expect(forms.rangeWords(wait)).toBe("above 0 s");
    expect(forms.rangeWords(setting("n", "integer", { minimum: 1, maximum: 9, exclusive_maximum: true }))).toBe(
      "at least 1, below 9",
    );
    expect(forms.rangeWords(setting("n", "number"))).toBe("");
  });

  it("finds what is out of range, and lets what is right pass", () => {
    for (const value of [0, 0.5, 1, undefined]) expect(forms.valueProblem(threshold, value)).toBe("");
    expect(forms.valueProblem(threshold, 1.2)).toBe("This must be 0 to 1.");
    expect(forms.valueProblem(wait, 0)).toBe("This must be above 0 s.");
    expect(forms.valueProblem(wait, Number.NaN)).toContain("number");
    expect(forms.valueProblem(setting("n", "integer"), 1.5)).toContain("whole");
    expect(forms.valueProblem(setting("n", "text", { required: true }), "")).toContain("must be set");
  });

  it("knows what is not as by default", () => {
    expect(forms.isSet(threshold, { threshold: 0.35 })).toBe(false);
    expect(forms.isSet(threshold, { threshold: 0.4 })).toBe(true);
    expect(forms.isSet(threshold, {})).toBe(false);
    expect(forms.settingValue(threshold, {})).toBe(0.35);
  });

  it("pins problems to a field and to places inside it, and to no other", () => {
    const problem = (port: string) => ({ what: "", fix: "", block: "b", port });
    const all = [problem("zones"), problem("zones.left.0"), problem("zones2")];
    expect(forms.problemsAt(all, "zones")).toHaveLength(2);
    expect(forms.problemsAt(undefined, "zones")).toEqual([]);
  });

  it("sums a block up: model, what was drawn, what was changed", () => {
    const detect = blocks.byUse.get("detect.objects@1") as Block;
    expect(forms.summaryOf(detect, { use: "x", threshold: 0.5, classes: ["person", "dog"] })).toEqual([
      ["model", "fastestdet"],
      ["classes", "person, dog"],
      ["threshold", "0.5"],
    ]);
    const zone = blocks.byUse.get("zone.count@1") as Block;
    expect(forms.summaryOf(zone, { zones: { left: [], right: [] }, coordinates: "fraction" })).toEqual([
      ["zones", "left, right"],
    ]);
  });

  it("says values in words", () => {
    expect(forms.valueWords(wait, 2.5)).toBe("2.5 s");
    expect(forms.valueWords(setting("s", "switch"), false)).toBe("off");
    expect(
      forms.valueWords(setting("l", "line"), [
        [0, 0],
        [1, 1],
      ]),
    ).toBe("drawn");
  });
});
