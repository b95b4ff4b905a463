import dagre from "@dagrejs/dagre";
import { type Graph, moveBlocks, type Point, wiresOf, withSource } from "./graph";
import type { Blocks } from "./palette";

export interface Size {
  width: number;
  height: number;
}

export const NODE_SIZE: Size = { width: 220, height: 130 };
const GAP = 40;
/** Room below each block for the picture that a try shows in it. */
const PICTURE = 190;

/** Draw a pipeline from left to right, wires as straight as they get. */
export function arrange(blocks: Blocks, graph: Graph, sizes: Record<string, Size> = {}): Graph {
  const drawing = new dagre.graphlib.Graph();
  drawing.setGraph({ rankdir: "LR", nodesep: GAP, ranksep: 64, marginx: 0, marginy: 0 });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const name of Object.keys(graph.blocks)) {
    const { width, height } = sizes[name] ?? NODE_SIZE;
    drawing.setNode(name, { width, height: Math.max(height, NODE_SIZE.height + PICTURE) });
  }
  for (const wire of wiresOf(blocks, graph)) if (wire.from in graph.blocks) drawing.setEdge(wire.from, wire.to);
  dagre.layout(drawing);
  const places: Record<string, Point> = {};
  for (const name of Object.keys(graph.blocks)) {
    const { x, y, width, height } = drawing.node(name);
    places[name] = [x - width / 2, y - height / 2];
  }
  return moveBlocks(graph, places);
}

/** A graph in which every block has a place: one that was written by hand has none. */
export function placed(blocks: Blocks, graph: Graph): Graph {
  const names = Object.keys(graph.blocks);
  const without = names.filter((name) => !graph.layout[name]);
  if (!without.length) return graph;
  if (without.length === names.length) return arrange(blocks, graph);
  let next = graph;
  for (const name of without) next = moveBlocks(next, { [name]: freePlace(next, placeLeftOfAll(next)) });
  return next;
}

/** A pipeline as the editor shows it: with its source, which a file need not write, and every block at a place. */
export const laidOut = (blocks: Blocks, graph: Graph): Graph => placed(blocks, withSource(graph));

function placeLeftOfAll(graph: Graph): Point {
  const places = Object.values(graph.layout);
  const left = Math.min(...places.map(([x]) => x), Number.MAX_SAFE_INTEGER);
  const top = Math.min(...places.map(([, y]) => y), Number.MAX_SAFE_INTEGER);
  return places.length ? [left - NODE_SIZE.width - 64, top] : [0, 0];
}

/** The place nearest to the wished one, downwards, where a block covers no other. */
export function freePlace(graph: Graph, wish: Point, sizes: Record<string, Size> = {}): Point {
  const others = Object.entries(graph.layout).map(([name, at]) => ({ at, size: sizes[name] ?? NODE_SIZE }));
  let [x, y] = wish;
  for (let tries = 0; tries < 1000; tries += 1) {
    const hit = others.find(({ at, size }) => overlaps([x, y], at, size));
    if (!hit) break;
    y = hit.at[1] + hit.size.height + GAP / 2;
  }
  return [x, y];
}

function overlaps(a: Point, b: Point, size: Size): boolean {
  const clear = 12;
  return (
    a[0] < b[0] + size.width + clear &&
    b[0] < a[0] + NODE_SIZE.width + clear &&
    a[1] < b[1] + size.height + clear &&
    b[1] < a[1] + NODE_SIZE.height + clear
  );
}
