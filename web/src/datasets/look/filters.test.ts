import { describe, expect, it } from "vitest";
import { filtersOf, isFiltering, withFilters } from "./filters";
import { cellOf, piecesOf, wanted } from "./items";

const of = (text: string) => filtersOf(new URLSearchParams(text));

describe("filters in the address", () => {
  it("come back as they were set", () => {
    const set = withFilters(new URLSearchParams("map=1&item=7"), { label: "a b", check: "blur", q: "x" });
    expect(filtersOf(set)).toMatchObject({ label: "a b", check: "blur", q: "x", split: null });
    expect(set.get("map")).toBe("1");
    expect(set.has("item")).toBe(false); // another view: what was open is closed
  });

  it("tell pictures without a class from pictures of any class", () => {
    expect(of("").label).toBeNull();
    expect(of("label=").label).toBe("");
    expect(wanted(of("label="))).toMatchObject({ label: "" });
    expect(wanted(of("")).label).toBeUndefined();
    expect(withFilters(new URLSearchParams("label="), { label: null }).has("label")).toBe(false);
  });

  it("put the suspicious first where a check was chosen, and know no other order than there is", () => {
    expect(of("check=blur").order).toBe("suspicion");
    expect(of("check=blur&order=name").order).toBe("name");
    expect(of("order=nonsense").order).toBe("name");
  });

  it("know whether anything is filtered", () => {
    expect(isFiltering(of("order=random&map=1"))).toBe(false);
    expect(isFiltering(of("split="))).toBe(true);
    expect(isFiltering(of("area=0,0,1,0,1,1"))).toBe(true);
  });
});

it("asks for the pieces in sight", () => {
  expect(piecesOf(0, 60)).toEqual([0]);
  expect(piecesOf(150, 450)).toEqual([0, 1, 2]);
  expect(piecesOf(200, 400)).toEqual([1]);
  expect(piecesOf(0, 0)).toEqual([0]);
});

it("shows nothing where an answer is shorter than it should be", () => {
  const items = { total: 1, rows: [4], names: ["a"], labels: [], splits: [], groups: [], widths: [], heights: [] };
  expect(cellOf({ ...items, boxes: [], suspicion: [] } as never, 0)).toMatchObject({ row: 4, name: "a", label: "" });
  expect(cellOf({ ...items, boxes: [], suspicion: [] } as never, 1)).toBeNull();
});
