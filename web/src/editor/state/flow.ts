import type { Edge, Node } from "@xyflow/react";
import type { Problem } from "../../api/client";
import { blockOf, type Graph, inputOf, outputOf, type Wire, wiresOf } from "../model/graph";
import { type Blocks, colourOf, fits } from "../model/palette";

export type BlockNode = Node<{ name: string }, "block">;
export type WireEdge = Edge<{ wire: Wire }>;
export type ProblemsOf = Record<string, Problem[]>;

export const wireId = (wire: Wire): string => `${wire.from}.${wire.output}>${wire.to}.${wire.input}`;

/** What a screen reader says of a block: `Find objects, block detect, 1 problem`. */
export function labelOf(blocks: Blocks, graph: Graph, name: string, problems: Problem[] = []): string {
  const title = blockOf(blocks, graph, name)?.title ?? "Unknown block";
  const count = problems.length;
  const trouble = count ? `, ${count} problem${count === 1 ? "" : "s"}` : "";
  return `${title}, block ${name}${trouble}`;
}

/** The nodes of a pipeline. One that has not changed stays the same object, so that it is not drawn again. */
export function nodesOf(
  blocks: Blocks,
  graph: Graph,
  problems: ProblemsOf,
  before: BlockNode[],
  selected?: string[],
): BlockNode[] {
  const old = new Map(before.map((node) => [node.id, node]));
  return Object.keys(graph.blocks).map((name) => {
    const [x, y] = graph.layout[name] ?? [0, 0];
    const ariaLabel = labelOf(blocks, graph, name, problems[name]);
    const known = old.get(name);
    const chosen = selected ? selected.includes(name) : (known?.selected ?? false);
    if (known && isSame(known, x, y, ariaLabel, chosen)) return known;
    const position = { x, y };
    return known
      ? { ...known, position, ariaLabel, selected: chosen }
      : { id: name, type: "block", position, data: { name }, ariaLabel, selected: chosen };
  });
}

const isSame = (node: BlockNode, x: number, y: number, label: string, selected: boolean): boolean =>
  node.position.x === x && node.position.y === y && node.ariaLabel === label && (node.selected ?? false) === selected;

/** The wires whose two ends are there, coloured by what flows through them. */
export function edgesOf(blocks: Blocks, graph: Graph, before: WireEdge[]): WireEdge[] {
  const old = new Map(before.map((edge) => [edge.id, edge]));
  const edges = new Map<string, WireEdge>();
  for (const wire of wiresOf(blocks, graph)) {
    const output = outputOf(blocks, graph, { block: wire.from, port: wire.output });
    const input = inputOf(blocks, graph, { block: wire.to, port: wire.input });
    if (!output || !input) continue;
    const id = wireId(wire);
    const stroke = colourOf(blocks, output);
    const className = fits(blocks, output, input) ? "" : "misfit";
    const known = old.get(id);
    const same = known?.style?.stroke === stroke && known?.className === className;
    edges.set(id, same ? known : newEdge(wire, stroke, className, known?.selected));
  }
  return [...edges.values()];
}

function newEdge(wire: Wire, stroke: string, className: string, selected = false): WireEdge {
  return {
    id: wireId(wire),
    source: wire.from,
    sourceHandle: wire.output,
    target: wire.to,
    targetHandle: wire.input,
    ariaLabel: `Wire from ${wire.from}, ${wire.output}, to ${wire.to}, ${wire.input}`,
    data: { wire },
    style: { stroke },
    className,
    selected,
  };
}

/** Problems under the block they are pinned to. Lists that say the same as before stay the same objects. */
export function groupProblems(problems: Problem[], before: ProblemsOf): ProblemsOf {
  const next: ProblemsOf = {};
  for (const problem of problems) {
    if (!problem.block) continue;
    const list = next[problem.block] ?? [];
    next[problem.block] = [...list, problem];
  }
  for (const [name, list] of Object.entries(next)) {
    const old = before[name];
    if (old && JSON.stringify(old) === JSON.stringify(list)) next[name] = old;
  }
  return next;
}
