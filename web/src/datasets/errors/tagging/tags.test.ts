import { describe, expect, it } from "vitest";
import { mistake } from "../fixtures";
import { actOf, keyOf } from "./keys";
import { optionsFor } from "./TagDialog";
import { countsOf, leftBefore, outOfTurn, tagName, tagsInUse } from "./tags";

describe("tags in use", () => {
  const mistakes = [mistake(0, { tags: ["dark"] }), mistake(1, { tags: ["tiny", "dark"] }), mistake(2)];

  it("come in the order of the mistakes, and no key moves when one is added or goes", () => {
    expect(tagsInUse(mistakes)).toEqual(["dark", "tiny"]);
    const more = [mistake(0, { tags: ["blur"] }), ...mistakes.slice(1)];
    expect(tagsInUse(more, ["dark", "tiny"])).toEqual(["dark", "tiny", "blur"]);
    expect(tagsInUse([mistake(1, { tags: ["tiny"] })], ["dark", "tiny"])).toEqual(["tiny"]);
  });

  it("are counted", () =>
    expect([...countsOf(mistakes)]).toEqual([
      ["dark", 2],
      ["tiny", 1],
    ]));
});

it("makes of what is typed what the server takes for a tag", () => {
  expect(tagName("  two   insects ")).toBe("two insects");
  expect(tagName("a;b\nc")).toBe("a b c");
  expect(tagName(" ; ")).toBe("");
  expect(tagName("x".repeat(90))).toHaveLength(60);
});

describe("typing a tag", () => {
  const tags = ["dark background", "dark", "very dark", "tiny"];
  const shown = (text: string, has: string[] = []) => optionsFor(text, tags, has).map((one) => one.tag);

  it("prefers what is so called, then what so begins, then a new one", () => {
    expect(shown("dark")).toEqual(["dark", "dark background", "very dark"]);
    expect(shown("da")).toEqual(["dark background", "dark", "da", "very dark"]);
    expect(shown("DARK")[0]).toBe("dark");
    expect(optionsFor("ark", tags, [])[0]).toEqual({ tag: "ark", fresh: true });
  });

  it("shows all that the mistake does not have before anything is typed", () => {
    expect(shown("", ["tiny"])).toEqual(["dark background", "dark", "very dark"]);
  });
});

describe("keys", () => {
  it("leave T, C and Z alone, and know no more tags than there are", () => {
    expect([0, 8, 9, 10, 11, 31, 32].map(keyOf)).toEqual(["1", "9", "a", "b", "d", "y", ""]);
    expect(actOf("1", 1)).toEqual({ what: "tag", place: 0 });
    expect(actOf("2", 1)).toBeNull();
    expect(actOf("A", 10)).toEqual({ what: "tag", place: 9 });
    expect(
      ["t", "T", "c", "z", "Enter", " ", "ArrowRight", "ArrowLeft", "?"].map((key) => actOf(key, 40)?.what),
    ).toEqual(["new", "new", "comment", "undo", "next", "next", "skip", "back", "help"]);
  });
});

it("knows when a group was picked out, so that shares lean", () => {
  const seen = (...flags: number[]) => flags.map((flag, id) => mistake(id, { seen: flag === 1 }));
  expect(outOfTurn(seen(1, 1, 0, 0))).toBe(0);
  expect(outOfTurn(seen(1, 1, 1))).toBe(0);
  expect(outOfTurn(seen(1, 0, 1, 0, 1, 0))).toBe(2);
  expect(leftBefore(seen(1, 0, 1, 0, 1, 0))).toBe(2);
  expect(leftBefore(seen(1, 1, 0))).toBe(0);
});
