import { describe, expect, it } from "vitest";
import { blocksOf, choices, wanted } from "./pipelines";

const graph = { pipeline: "count", about: "", blocks: { detect: { use: "detect.objects@1" } }, save: [], layout: {} };
const template = { name: "count-people", title: "Count people", about: "", picture: "", graph };

describe("a choice of pipeline", () => {
  it("offers saved ones before templates, and no empty group", () => {
    expect(choices([{ id: "a", name: "Mine" }], [template]).map((group) => group.group)).toEqual([
      "Your pipelines",
      "Templates",
    ]);
    expect(choices([], [template])).toHaveLength(1);
  });

  it("sends a saved one by id, a template as its graph, and nothing for rubbish", () => {
    expect(wanted("saved:a", [])).toEqual({ pipeline: "a" });
    expect(wanted("template:count-people", [template])).toEqual({ graph });
    expect(wanted("template:gone", [template])).toBeNull();
    expect(wanted("", [template])).toBeNull();
  });
});

it("blocks are told by name and use", () => {
  expect(blocksOf(graph)).toEqual([{ name: "detect", use: "detect.objects@1" }]);
});
