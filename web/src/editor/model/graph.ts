import type { Shape } from "../../api/client";
import type { Block, Blocks, Port } from "./palette";

/**
 * The editor holds a pipeline exactly as its file does, so nothing that it does not know can get lost. Wires are read from
 * the graph, and every change makes a new graph that shares what has not changed with the old one.
 */
export type Graph = Shape<"Graph">;
export type Use = Graph["blocks"][string];
export type Point = [number, number];

export const SOURCE = "source";
export const DEFAULT_SOURCE = "source.media@1";

/** One wire, from an output to an input. */
export interface Wire {
  from: string;
  output: string;
  to: string;
  input: string;
}

export interface End {
  block: string;
  port: string;
}

export const emptyGraph = (name = "untitled"): Graph =>
  withSource({ pipeline: name, about: "", blocks: {}, save: [], layout: {} });

/** Every pipeline reads its input by the block named `source`, also where the file does not write it. */
export function withSource(graph: Graph): Graph {
  if (graph.blocks[SOURCE]) return graph;
  return { ...graph, blocks: { [SOURCE]: { use: DEFAULT_SOURCE }, ...graph.blocks } };
}

export function nameOfUse(use: Use | undefined): string {
  return typeof use?.use === "string" ? use.use : "";
}

/** What the palette knows of a block of the graph. */
export function blockOf(blocks: Blocks, graph: Graph, name: string): Block | undefined {
  return blocks.byUse.get(nameOfUse(graph.blocks[name]));
}

export function inputOf(blocks: Blocks, graph: Graph, end: End): Port | undefined {
  return blockOf(blocks, graph, end.block)?.inputs.find((port) => port.name === end.port);
}

export function outputOf(blocks: Blocks, graph: Graph, end: End): Port | undefined {
  return blockOf(blocks, graph, end.block)?.outputs.find((port) => port.name === end.port);
}

/** `block.port`, or `block` alone where that has one output. */
export function readReference(blocks: Blocks, graph: Graph, text: unknown): End | undefined {
  if (typeof text !== "string") return undefined;
  const [block = "", port] = text.split(".", 2);
  if (port !== undefined) return { block, port };
  const outputs = blockOf(blocks, graph, block)?.outputs ?? [];
  return outputs.length === 1 ? { block, port: (outputs[0] as Port).name } : { block, port: "" };
}

export const asList = (value: unknown): unknown[] => (value == null ? [] : Array.isArray(value) ? value : [value]);

/** The wires that enter a block, in the order of its ports. */
export function wiresInto(blocks: Blocks, graph: Graph, name: string): Wire[] {
  const use = graph.blocks[name];
  const inputs = blockOf(blocks, graph, name)?.inputs ?? [];
  return inputs.flatMap((port) =>
    asList(use?.[port.name]).flatMap((text) => {
      const end = readReference(blocks, graph, text);
      return end ? [{ from: end.block, output: end.port, to: name, input: port.name }] : [];
    }),
  );
}

/** Every wire of a pipeline. */
export function wiresOf(blocks: Blocks, graph: Graph): Wire[] {
  return Object.keys(graph.blocks).flatMap((name) => wiresInto(blocks, graph, name));
}

export const sameWire = (a: Wire, b: Wire): boolean =>
  a.from === b.from && a.output === b.output && a.to === b.to && a.input === b.input;

/** Join an output to an input; an input that takes one wire loses the one it had. */
export function connect(blocks: Blocks, graph: Graph, wire: Wire): Graph {
  const port = inputOf(blocks, graph, { block: wire.to, port: wire.input });
  const use = graph.blocks[wire.to];
  if (!port || !use) return graph;
  if (wiresInto(blocks, graph, wire.to).some((other) => sameWire(other, wire))) return graph;
  const text = `${wire.from}.${wire.output}`;
  const before = asList(use[port.name]);
  return setArgument(graph, wire.to, port.name, port.many && before.length ? [...before, text] : text);
}

/** Take a wire away. */
export function disconnect(blocks: Blocks, graph: Graph, wire: Wire): Graph {
  const value = graph.blocks[wire.to]?.[wire.input];
  const rest = asList(value).filter((text) => {
    const end = readReference(blocks, graph, text);
    return !(end?.block === wire.from && end.port === wire.output);
  });
  return setArgument(graph, wire.to, wire.input, rest.length === 0 ? undefined : Array.isArray(value) ? rest : rest[0]);
}

/** Set a wire or a setting as written in the file; `undefined` takes it out, so that the default holds. */
export function setArgument(graph: Graph, name: string, key: string, value: unknown): Graph {
  const use = graph.blocks[name];
  if (!use) return graph;
  const { [key]: _, ...rest } = use;
  const changed = value === undefined ? rest : { ...use, [key]: value };
  return { ...graph, blocks: { ...graph.blocks, [name]: changed } };
}

export function addBlock(graph: Graph, name: string, use: Use, at: Point): Graph {
  return { ...graph, blocks: { ...graph.blocks, [name]: use }, layout: { ...graph.layout, [name]: whole(at) } };
}

const whole = ([x, y]: Point): Point => [Math.round(x), Math.round(y)];

export function moveBlocks(graph: Graph, places: Record<string, Point>): Graph {
  const layout = { ...graph.layout };
  for (const [name, at] of Object.entries(places)) layout[name] = whole(at);
  return { ...graph, layout };
}

/** Take blocks away, with every wire and every saved output of theirs. The source stays. */
export function removeBlocks(blocks: Blocks, graph: Graph, names: string[]): Graph {
  const gone = new Set(names.filter((name) => name !== SOURCE));
  if (!gone.size) return graph;
  let rest = graph;
  for (const wire of wiresOf(blocks, graph)) {
    if (gone.has(wire.from) && !gone.has(wire.to)) rest = disconnect(blocks, rest, wire);
  }
  return {
    ...rest,
    blocks: Object.fromEntries(Object.entries(rest.blocks).filter(([name]) => !gone.has(name))),
    save: rest.save.filter((text) => !gone.has(text.split(".")[0] as string)),
    layout: Object.fromEntries(Object.entries(rest.layout).filter(([name]) => !gone.has(name))),
  };
}

const NAME = /^[a-z][a-z0-9_-]{0,63}$/;

/** Why a block cannot have that name, or nothing. */
export function nameProblem(graph: Graph, old: string, name: string): string {
  if (name === old) return "";
  if (old === SOURCE) return "The block that reads the video keeps its name.";
  if (!NAME.test(name)) return "Begin with a letter a to z, then letters, digits, - or _ (64 at most).";
  return name in graph.blocks ? `There is a block “${name}” already.` : "";
}

/** Give a block another name, and rewrite everything that names it. Order is kept. */
export function renameBlock(blocks: Blocks, graph: Graph, old: string, name: string): Graph {
  if (nameProblem(graph, old, name) || old === name) return graph;
  const rewrite = (text: unknown): unknown =>
    text === old ? name : typeof text === "string" && text.startsWith(`${old}.`) ? name + text.slice(old.length) : text;
  const entries = Object.entries(graph.blocks).map(([key, use]) => [
    key === old ? name : key,
    rewired(blocks, use, rewrite),
  ]);
  const { [old]: at, ...layout } = graph.layout;
  return {
    ...graph,
    blocks: Object.fromEntries(entries) as Graph["blocks"],
    save: graph.save.map((text) => rewrite(text) as string),
    layout: at ? { ...layout, [name]: at } : layout,
  };
}

function rewired(blocks: Blocks, use: Use, rewrite: (text: unknown) => unknown): Use {
  const inputs = blocks.byUse.get(nameOfUse(use))?.inputs ?? [];
  let changed = use;
  for (const { name } of inputs) {
    const value = use[name];
    const next = Array.isArray(value) ? value.map(rewrite) : rewrite(value);
    if (JSON.stringify(next) !== JSON.stringify(value)) changed = { ...changed, [name]: next };
  }
  return changed;
}

export function isSaved(blocks: Blocks, graph: Graph, end: End): boolean {
  return graph.save.some((text) => sameEnd(readReference(blocks, graph, text), end));
}

/** Whether an output goes into the results: the other way round. */
export function toggleSave(blocks: Blocks, graph: Graph, end: End): Graph {
  const rest = graph.save.filter((text) => !sameEnd(readReference(blocks, graph, text), end));
  return { ...graph, save: rest.length < graph.save.length ? rest : [...graph.save, `${end.block}.${end.port}`] };
}

const sameEnd = (a: End | undefined, b: End): boolean => a?.block === b.block && a.port === b.port;

/** A name that is free: `detect`, then `detect-2`. */
export function freeName(graph: Graph, block: Pick<Block, "verb" | "family">): string {
  const clean = block.family.toLowerCase().replace(/[^a-z0-9_-]/g, "");
  const base = NAME.test(clean) ? clean : "block";
  return freeAfter(graph, base);
}

/** `name`, or `name-2`, `name-3`: the first that is free. */
export function freeAfter(graph: Pick<Graph, "blocks">, name: string): string {
  if (!(name in graph.blocks)) return name;
  const base = name.replace(/-\d+$/, "");
  let number = 2;
  while (`${base}-${number}` in graph.blocks) number += 1;
  return `${base}-${number}`;
}
