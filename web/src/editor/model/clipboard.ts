import { blockOf, freeAfter, type Graph, type Point, SOURCE, type Use, wiresInto } from "./graph";
import type { Blocks } from "./palette";

/** Some blocks of a pipeline as text, so that they can be pasted into another one, also in another window. */
export interface Part {
  trackside: "blocks";
  blocks: Record<string, Use>;
  save: string[];
  layout: Record<string, Point>;
}

/** The chosen blocks, without the source, which every pipeline has already. */
export function cutOut(graph: Graph, names: string[]): Part | undefined {
  const chosen = names.filter((name) => name !== SOURCE && graph.blocks[name]);
  if (!chosen.length) return undefined;
  return {
    trackside: "blocks",
    blocks: Object.fromEntries(chosen.map((name) => [name, graph.blocks[name] as Use])),
    save: graph.save.filter((text) => chosen.includes(text.split(".")[0] as string)),
    layout: Object.fromEntries(chosen.map((name) => [name, graph.layout[name] ?? [0, 0]])),
  };
}

/** The part that a text holds; nothing for any other text. */
export function readPart(text: string): Part | undefined {
  try {
    const part = JSON.parse(text) as Partial<Part> | null;
    if (part?.trackside !== "blocks" || !isObject(part.blocks)) return undefined;
    const uses = Object.entries(part.blocks).filter(([, use]) => isObject(use) && typeof use.use === "string");
    const save = Array.isArray(part.save) ? part.save.filter((item) => typeof item === "string") : [];
    const layout = isObject(part.layout) ? (part.layout as Record<string, Point>) : {};
    return uses.length ? { trackside: "blocks", blocks: Object.fromEntries(uses), save, layout } : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Put a part into a pipeline under free names. Wires among its blocks stay; those to blocks that are not here go. */
export function paste(blocks: Blocks, graph: Graph, part: Part, shift: Point): { graph: Graph; added: string[] } {
  const names = new Map<string, string>();
  const uses = { ...graph.blocks };
  for (const old of Object.keys(part.blocks)) {
    const name = freeAfter({ blocks: uses }, old);
    names.set(old, name);
    uses[name] = part.blocks[old] as Use;
  }
  const rename = (text: string): string => {
    const [block = "", ...rest] = text.split(".");
    return [names.get(block) ?? block, ...rest].join(".");
  };
  let next: Graph = {
    ...graph,
    blocks: uses,
    layout: { ...graph.layout },
    save: [...graph.save, ...part.save.map(rename)],
  };
  for (const [old, name] of names) {
    const [x, y] = part.layout[old] ?? [0, 0];
    next.layout[name] = [Math.round(x + shift[0]), Math.round(y + shift[1])];
    uses[name] = renamedUse(blocks, next, name, rename);
  }
  next = withoutLooseWires(blocks, next, [...names.values()]);
  return { graph: next, added: [...names.values()] };
}

function renamedUse(blocks: Blocks, graph: Graph, name: string, rename: (text: string) => string): Use {
  const use = { ...(graph.blocks[name] as Use) };
  for (const port of blockOf(blocks, graph, name)?.inputs ?? []) {
    const value = use[port.name];
    if (typeof value === "string") use[port.name] = rename(value);
    if (Array.isArray(value)) use[port.name] = value.map((item) => (typeof item === "string" ? rename(item) : item));
  }
  return use;
}

function withoutLooseWires(blocks: Blocks, graph: Graph, names: string[]): Graph {
  const uses = { ...graph.blocks };
  for (const name of names) {
    const loose = wiresInto(blocks, graph, name).filter((wire) => !(wire.from in graph.blocks));
    for (const { from, input } of loose) {
      const { [input]: value, ...rest } = uses[name] as Use;
      const kept = Array.isArray(value) ? value.filter((item) => String(item).split(".")[0] !== from) : [];
      uses[name] = kept.length ? { ...rest, use: String(rest.use), [input]: kept } : ({ ...rest } as Use);
    }
  }
  return { ...graph, blocks: uses };
}
