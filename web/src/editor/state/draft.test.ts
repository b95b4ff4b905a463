import { beforeEach, describe, expect, it } from "vitest";
import { blocks, counting } from "../fixtures/palette";
import { setArgument } from "./actions";
import { dropDraft, readDraft, startDrafting } from "./draft";
import { open, undoEdit } from "./store";

describe("draft", () => {
  beforeEach(() => {
    localStorage.clear();
    open(blocks, { id: "p1", version: 3, graph: counting() });
  });

  it("is kept when something changed, and tells the version that it was made from", () => {
    const stop = startDrafting("p1");
    setArgument("detect", "threshold", 0.5);
    stop();
    expect(readDraft("p1")).toMatchObject({ base: 3, graph: { blocks: { detect: { threshold: 0.5 } } } });
    dropDraft("p1");
    expect(readDraft("p1")).toBeUndefined();
  });

  it("is gone when everything was undone", () => {
    const stop = startDrafting("p1");
    setArgument("detect", "threshold", 0.5);
    undoEdit();
    stop();
    expect(readDraft("p1")).toBeUndefined();
  });

  it("is not believed when it is rubbish", () => {
    for (const text of ["", "{", "3", '{"graph":{}}']) {
      localStorage.setItem("trackside-draft:p1", text);
      expect(readDraft("p1")).toBeUndefined();
    }
  });
});
