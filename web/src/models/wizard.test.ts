import { describe, expect, it } from "vitest";
import type { Problem } from "../api/client";
import {
  classesFrom,
  fieldAt,
  guessDecoding,
  homeless,
  missingOf,
  problemOf,
  stepOf,
  withFamily,
  withField,
} from "./wizard";

const card = { name: "net", geometry: { width: 320, mean: [0, 0, 0] } };
const at = (port: string | null, what = "is wrong"): Problem => ({ what, fix: "", block: null, port });

describe("a field of the card", () => {
  it("is found by its path", () => {
    expect(fieldAt(card, "geometry.width")).toBe(320);
    expect(fieldAt(card, "geometry.mean.1")).toBe(0);
    expect(fieldAt(card, "decoding.combined")).toBeUndefined();
  });

  it("is changed without touching the old card", () => {
    const next = withField(card, "geometry.mean.1", 0.5);
    expect(fieldAt(next, "geometry.mean")).toEqual([0, 0.5, 0]);
    expect(card.geometry.mean).toEqual([0, 0, 0]);
    expect(fieldAt(withField({}, "geometry.width", 64), "geometry.width")).toBe(64);
  });
});

describe("problems stand beside their fields", () => {
  it("with or without `card.` before the path, and for the parts of a field", () => {
    expect(problemOf([at("card.geometry.width")], "geometry.width")).toBe("is wrong");
    expect(problemOf([at("body.card.name")], "name")).toBe("is wrong");
    expect(problemOf([at("geometry.mean.2")], "geometry.mean")).toBe("is wrong");
    expect(problemOf([at("geometry.widths")], "geometry.width")).toBeUndefined();
  });

  it("and those that have none are told apart", () => {
    const problems = [at("name"), at(null, "all is wrong"), at("geometry.mean.0")];
    expect(homeless(problems, ["name", "geometry.mean"]).map((one) => one.what)).toEqual(["all is wrong"]);
  });

  it("and lead to the page where they can be mended", () => {
    expect(stepOf([at("geometry.width"), at("card.licence")])).toBe(1);
    expect(stepOf([at("geometry.width")])).toBe(2);
  });
});

describe("classes", () => {
  it.each([
    ["person\r\ndog\n\n cat ", ["person", "dog", "cat"]],
    ["person, dog,cat\n", ["person", "dog", "cat"]],
    ["traffic light\nstop, sign", ["traffic light", "stop, sign"]],
    ["  \n", []],
  ])("are read from %j", (text, classes) => expect(classesFrom(text)).toEqual(classes));
});

describe("the outputs of an unknown detector", () => {
  it("are guessed by name", () => {
    expect(guessDecoding(["output"])).toEqual({ combined: "output" });
    expect(guessDecoding(["scores", "boxes"])).toEqual({ boxes: "boxes", scores: "scores" });
    expect(guessDecoding(["pred_bboxes", "labels", "conf"])).toEqual({
      boxes: "pred_bboxes",
      scores: "conf",
      classes: "labels",
    });
  });

  it("belong to the family `generic` only", () => {
    const generic = withFamily(card, "generic", [{ name: "out" }]);
    expect(generic.decoding).toEqual({ combined: "out" });
    expect(withFamily(generic, "yolox", [{ name: "out" }])).not.toHaveProperty("decoding");
  });
});

it("what is missing is named, and nothing when all is there", () => {
  expect(missingOf({ name: " ", task: "detection", family: "yolox" }).map((one) => one.port)).toEqual([
    "name",
    "licence",
  ]);
  expect(missingOf({ name: "a", task: "pose", family: "x", licence: "MIT" })).toEqual([]);
});
