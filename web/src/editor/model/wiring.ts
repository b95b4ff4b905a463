import {
  addBlock,
  blockOf,
  connect,
  type End,
  freeName,
  type Graph,
  inputOf,
  outputOf,
  SOURCE,
  type Wire,
  wiresOf,
} from "./graph";
import { type Block, type Blocks, fits, kindWords, type Port } from "./palette";

/** Blocks that would make a refused wire possible, in order, or an output that would do instead. */
export interface Offer {
  label: string;
  between: Block[];
  instead?: End;
}

/** Why a wire cannot be, and what can be done. */
export interface Refusal {
  what: string;
  offers: Offer[];
}

const MOST_BETWEEN = 3;
const MOST_OFFERS = 4;

export function titleOf(blocks: Blocks, graph: Graph, name: string): string {
  return blockOf(blocks, graph, name)?.title ?? name;
}

/** Why a wire cannot be drawn, in a sentence; nothing if it can. */
export function refusalOf(blocks: Blocks, graph: Graph, wire: Wire): Refusal | undefined {
  const output = outputOf(blocks, graph, { block: wire.from, port: wire.output });
  const input = inputOf(blocks, graph, { block: wire.to, port: wire.input });
  if (!output || !input) return { what: "One end of this wire is no longer there.", offers: [] };
  if (wire.from === wire.to) {
    return { what: `“${titleOf(blocks, graph, wire.to)}” cannot be its own input.`, offers: [] };
  }
  if (!fits(blocks, output, input)) return misfit(blocks, graph, wire, output, input);
  if (reaches(blocks, graph, wire.to, wire.from)) {
    const [to, from] = [titleOf(blocks, graph, wire.to), titleOf(blocks, graph, wire.from)];
    return { what: `“${from}” already works on what “${to}” gives; wires cannot run in a circle.`, offers: [] };
  }
  return undefined;
}

/** Whether a wire can be drawn: `refusalOf` without the words, for every port at once while one is drawn. */
export function mayWire(blocks: Blocks, graph: Graph, wire: Wire): boolean {
  const output = outputOf(blocks, graph, { block: wire.from, port: wire.output });
  const input = inputOf(blocks, graph, { block: wire.to, port: wire.input });
  if (!output || !input || !fits(blocks, output, input)) return false;
  return !reaches(blocks, graph, wire.to, wire.from);
}

/** All ports, as `block.port`, that the loose end of a wire may join. */
export function portsThatFit(blocks: Blocks, graph: Graph, end: End, side: "output" | "input"): Set<string> {
  const found = new Set<string>();
  for (const name of Object.keys(graph.blocks)) {
    const ports = blockOf(blocks, graph, name)?.[side === "output" ? "inputs" : "outputs"] ?? [];
    for (const port of ports) {
      const other = { block: name, port: port.name };
      const [from, to] = side === "output" ? [end, other] : [other, end];
      const wire = { from: from.block, output: from.port, to: to.block, input: to.port };
      if (mayWire(blocks, graph, wire)) found.add(`${name}.${port.name}`);
    }
  }
  return found;
}

function misfit(blocks: Blocks, graph: Graph, wire: Wire, output: Port, input: Port): Refusal {
  const what =
    `“${titleOf(blocks, graph, wire.to)}” takes ${kindWords(input)} here, ` +
    `but “${output.title || output.name}” gives ${kindWords(output)}.`;
  const chains = chainsBetween(blocks, graph, output, input).map((between) => ({
    label: `Insert ${between.map((block) => `“${block.title}”`).join(" and ")} between`,
    between,
  }));
  const instead = outputsThatFit(blocks, graph, { block: wire.to, port: wire.input })
    .slice(0, 2)
    .map((end) => ({ label: `Use “${end.block}: ${end.port}” instead`, between: [], instead: end }));
  return { what, offers: [...instead, ...chains].slice(0, MOST_OFFERS) };
}

/** Whether records flow from one block to another, over any number of wires. */
export function reaches(blocks: Blocks, graph: Graph, from: string, to: string): boolean {
  const next = new Map<string, string[]>();
  for (const wire of wiresOf(blocks, graph)) next.set(wire.from, [...(next.get(wire.from) ?? []), wire.to]);
  const waiting = [from];
  const seen = new Set(waiting);
  while (waiting.length) {
    const name = waiting.pop() as string;
    if (name === to) return true;
    for (const other of next.get(name) ?? []) {
      if (!seen.has(other)) {
        seen.add(other);
        waiting.push(other);
      }
    }
  }
  return false;
}

/** Outputs that could be wired to an input, those of the nearest kind first. */
export function outputsThatFit(blocks: Blocks, graph: Graph, end: End): End[] {
  const input = inputOf(blocks, graph, end);
  if (!input) return [];
  const found = Object.keys(graph.blocks).flatMap((name) => {
    if (name === end.block || !isSourceOfWires(blockOf(blocks, graph, name))) return [];
    const outputs = (blockOf(blocks, graph, name)?.outputs ?? []).filter((output) => fits(blocks, output, input));
    if (!outputs.length || reaches(blocks, graph, end.block, name)) return [];
    return outputs.map((output) => ({
      block: name,
      port: output.name,
      exact: input.kinds.includes(output.kinds[0] ?? ""),
    }));
  });
  return found.sort((a, b) => Number(b.exact) - Number(a.exact)).map(({ block, port }) => ({ block, port }));
}

/** Recording blocks run after the stream's end; nothing can read from them. */
const isSourceOfWires = (block: Block | undefined): boolean =>
  block !== undefined && !block.sink && block.mode !== "recording";

/** The shortest chains of blocks that lead from an output to an input that it does not fit. */
function chainsBetween(blocks: Blocks, graph: Graph, output: Port, input: Port): Block[][] {
  const usable = blocks.offered.filter((block) => isSourceOfWires(block) && block.family !== "source");
  let chains: { last: Port; between: Block[] }[] = [{ last: output, between: [] }];
  for (let length = 1; length <= MOST_BETWEEN; length += 1) {
    chains = chains.flatMap((chain) => extended(blocks, graph, chain, usable));
    const whole = chains.filter((chain) => fits(blocks, chain.last, input));
    if (whole.length) return unique(whole.map((chain) => chain.between)).slice(0, MOST_OFFERS);
    chains = chains.slice(0, 500);
  }
  return [];
}

function extended(blocks: Blocks, graph: Graph, chain: { last: Port; between: Block[] }, usable: Block[]) {
  return usable
    .filter((block) => !chain.between.includes(block) && canFollow(blocks, graph, chain.last, block))
    .flatMap((block) => block.outputs.map((last) => ({ last, between: [...chain.between, block] })));
}

/** Whether a block can stand behind an output: one input takes it, and all others that it needs are there. */
function canFollow(blocks: Blocks, graph: Graph, output: Port, block: Block): boolean {
  const entry = entryFor(blocks, output, block);
  if (!entry) return false;
  return block.inputs.every((port) => port === entry || !port.required || givenInGraph(blocks, graph, port));
}

function givenInGraph(blocks: Blocks, graph: Graph, port: Port): boolean {
  return Object.keys(graph.blocks).some((name) =>
    (blockOf(blocks, graph, name)?.outputs ?? []).some((output) => fits(blocks, output, port)),
  );
}

/** The input of a block that takes an output: a required one rather than an optional one. */
export function entryFor(blocks: Blocks, output: Port, block: Block): Port | undefined {
  const taking = block.inputs.filter((port) => fits(blocks, output, port));
  return taking.find((port) => port.required) ?? taking[0];
}

function unique(chains: Block[][]): Block[][] {
  const seen = new Set<string>();
  return chains.filter((chain) => {
    const key = chain.map((block) => block.use).join(" ");
    return !seen.has(key) && seen.add(key);
  });
}

/** Do what an offer says, for the wire that was refused. */
export function accept(blocks: Blocks, graph: Graph, wire: Wire, offer: Offer): { graph: Graph; added: string[] } {
  if (offer.instead) {
    const { block, port } = offer.instead;
    return { graph: connect(blocks, graph, { ...wire, from: block, output: port }), added: [] };
  }
  const ends = [graph.layout[wire.from] ?? [0, 0], graph.layout[wire.to] ?? [600, 0]] as const;
  const added: string[] = [];
  let [next, from, output] = [graph, wire.from, wire.output];
  offer.between.forEach((block, place) => {
    const part = (place + 1) / (offer.between.length + 1);
    const at: [number, number] = [mix(ends[0][0], ends[1][0], part), mix(ends[0][1], ends[1][1], part) + 60];
    const name = freeName(next, block);
    next = addBlock(next, name, { use: block.use }, at);
    const given = outputOf(blocks, next, { block: from, port: output }) as Port;
    const entry = entryFor(blocks, given, block) as Port;
    next = connect(blocks, next, { from, output, to: name, input: entry.name });
    next = fillRequired(blocks, next, name);
    added.push(name);
    const target = offer.between[place + 1];
    const goal = target ? undefined : inputOf(blocks, next, { block: wire.to, port: wire.input });
    const leaving = block.outputs.find((port) =>
      target ? entryFor(blocks, port, target) : goal && fits(blocks, port, goal),
    );
    [from, output] = [name, leaving?.name ?? ""];
  });
  return { graph: connect(blocks, next, { ...wire, from, output }), added };
}

const mix = (a: number, b: number, part: number): number => a + (b - a) * part;

/** Wire the required inputs that are free where one output of the pipeline fits; of several, the video's own. */
export function fillRequired(blocks: Blocks, graph: Graph, name: string): Graph {
  let next = graph;
  for (const port of blockOf(blocks, graph, name)?.inputs ?? []) {
    if (!port.required || next.blocks[name]?.[port.name] != null) continue;
    const sources = outputsThatFit(blocks, next, { block: name, port: port.name });
    const only = sources.length === 1 ? sources[0] : sources.find(({ block }) => block === SOURCE);
    if (only) next = connect(blocks, next, { from: only.block, output: only.port, to: name, input: port.name });
  }
  return next;
}

/** The one wire from a block to another, if exactly one fits: required inputs are looked at first. */
export function onlyWire(blocks: Blocks, graph: Graph, from: string, to: string): Wire | undefined {
  const source = blockOf(blocks, graph, from);
  const target = blockOf(blocks, graph, to);
  if (!source || !target || !isSourceOfWires(source)) return undefined;
  const pairs = (ports: Port[]): Wire[] =>
    ports.flatMap((input) =>
      source.outputs
        .filter((output) => fits(blocks, output, input))
        .map((output) => ({ from, output: output.name, to, input: input.name })),
    );
  const required = pairs(target.inputs.filter((port) => port.required));
  const found = required.length ? required : pairs(target.inputs);
  return found.length === 1 ? found[0] : undefined;
}

/** Blocks that could stand at the loose end of a wire. */
export function blocksThatFit(blocks: Blocks, graph: Graph, end: End, side: "output" | "input"): Block[] {
  if (side === "output") {
    const output = outputOf(blocks, graph, end);
    return output ? blocks.offered.filter((block) => block.inputs.some((input) => fits(blocks, output, input))) : [];
  }
  const input = inputOf(blocks, graph, end);
  const giving = blocks.offered.filter((block) => isSourceOfWires(block) && block.family !== "source");
  return input ? giving.filter((block) => block.outputs.some((output) => fits(blocks, output, input))) : [];
}
