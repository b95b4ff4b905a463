import { applyEdgeChanges, applyNodeChanges, type EdgeChange, type NodeChange } from "@xyflow/react";
import { create } from "zustand";
import type { Problem, Shape } from "../../api/client";
import { type End, emptyGraph, type Graph, moveBlocks, type Point, type Wire } from "../model/graph";
import { begin, change, type History, pause, redo, undo } from "../model/history";
import { NODE_SIZE, placed } from "../model/layout";
import type { Blocks } from "../model/palette";
import { type Placed, stretchFor } from "../model/view";
import type { Refusal } from "../model/wiring";
import { type BlockNode, edgesOf, groupProblems, nodesOf, type ProblemsOf, type WireEdge } from "./flow";

export type Preview = Shape<"Preview">;

/** What the server holds of this pipeline. */
export interface Saved {
  id: string | null;
  version: number | null;
  graph: Graph;
}

/** A place on the screen, in pixels of the window, and the same on the canvas. */
export interface Spot {
  screen: { x: number; y: number };
  canvas: Point;
}

/** The loose end of a wire that is being drawn. */
export interface Loose extends End {
  side: "output" | "input";
  /** The ports that it may join, as `block.port`. */
  fits?: ReadonlySet<string>;
}

export interface Refused extends Refusal {
  wire: Wire;
  spot: Spot;
}

export interface Checking {
  problems: Problem[];
  missing: string[];
  /** Whether this is what the server says of the graph as it is now. */
  fresh: boolean;
  /** Why it could not be asked. */
  trouble: string;
}

export interface EditorState {
  blocks: Blocks | null;
  history: History<Graph>;
  graph: Graph;
  saved: Saved;
  /** Whether it is only looked at: whoever may not change pipelines sees everything and moves nothing. */
  readOnly: boolean;
  nodes: BlockNode[];
  edges: WireEdge[];
  selected: string[];
  /** Whether blocks are being dragged. */
  dragging: boolean;
  checking: Checking;
  problemsOf: ProblemsOf;
  preview: Preview | null;
  /** How much farther apart rows are drawn than they are kept, to make room for the pictures of a try. */
  stretch: number;
  loose: Loose | null;
  refused: Refused | null;
  /** Where quick add is open; without a place on the canvas the block is put beside the selected one. */
  quickAdd: { screen: Spot["screen"]; canvas?: Point; loose?: Loose } | null;
  /** What a screen reader is told. */
  spoken: string;
  /** A setting of a block that is to get the focus. */
  focus: { block: string; field: string } | null;
}

const unchecked: Checking = { problems: [], missing: [], fresh: false, trouble: "" };

export const useEditor = create<EditorState>(() => fresh());

function fresh(): EditorState {
  const graph = emptyGraph();
  return {
    blocks: null,
    history: begin(graph),
    graph,
    saved: { id: null, version: null, graph },
    readOnly: false,
    nodes: [],
    edges: [],
    selected: [],
    dragging: false,
    checking: unchecked,
    problemsOf: {},
    preview: null,
    stretch: 1,
    loose: null,
    refused: null,
    quickAdd: null,
    spoken: "",
    focus: null,
  };
}

const get = useEditor.getState;
const set = useEditor.setState;

/** Open a pipeline. `now` is what is shown if it differs from what is saved: a draft that was found again. */
export function open(blocks: Blocks, saved: Saved, now = saved.graph): void {
  const laid = placed(blocks, saved.graph);
  const graph = now === saved.graph ? laid : placed(blocks, now);
  const history = graph === laid ? begin(laid) : change(begin(laid), graph);
  const nodes = nodesOf(blocks, graph, {}, []);
  set({
    ...fresh(),
    readOnly: get().readOnly,
    blocks,
    history,
    graph,
    saved: { ...saved, graph: laid },
    nodes,
    edges: edgesOf(blocks, graph, []),
  });
}

function show(history: History<Graph>, selected?: string[]): void {
  const { blocks, nodes, edges, problemsOf, checking, stretch } = get();
  const graph = history.now;
  if (!blocks || graph === get().graph) {
    set({ history });
    return;
  }
  const meaning = sameMeaning(graph, get().graph);
  const drawn = nodesOf(blocks, stretched(graph, stretch), problemsOf, nodes, selected);
  set({
    history,
    graph,
    nodes: drawn,
    edges: meaning ? edges : edgesOf(blocks, graph, edges),
    selected: selectedOf(drawn, get().selected),
    checking: meaning ? checking : { ...checking, fresh: false },
    refused: null,
  });
}

function stretched(graph: Graph, stretch: number): Graph {
  if (stretch === 1) return graph;
  const places = Object.entries(graph.layout).map(([name, [x, y]]) => [name, [x, y * stretch] as Point]);
  return { ...graph, layout: Object.fromEntries(places) };
}

/** The blocks with their sizes on the canvas, where they are kept. */
export const placedNodes = ({ nodes, graph }: Pick<EditorState, "nodes" | "graph">): Placed[] =>
  nodes.map(({ id, measured }) => ({
    name: id,
    at: graph.layout[id] ?? [0, 0],
    width: measured?.width ?? NODE_SIZE.width,
    height: measured?.height ?? NODE_SIZE.height,
  }));

/** Make room for the pictures of a try as they come, and give it back afterwards. */
function restretch(): void {
  const { blocks, graph, preview, problemsOf, nodes, stretch } = get();
  // It only grows while a try is shown: nothing is to dance.
  const next = preview ? Math.max(stretch, stretchFor(placedNodes(get()))) : 1;
  if (!blocks || next === stretch) return;
  set({ stretch: next, nodes: nodesOf(blocks, stretched(graph, next), problemsOf, nodes) });
}

/** Whether two graphs differ in their drawing only. */
export const sameMeaning = (a: Graph, b: Graph): boolean =>
  a.blocks === b.blocks && a.save === b.save && a.pipeline === b.pipeline && a.about === b.about;

function selectedOf(nodes: BlockNode[], before: string[]): string[] {
  const next = nodes.filter((node) => node.selected).map((node) => node.id);
  return next.length === before.length && next.every((name, place) => name === before[place]) ? before : next;
}

/** Change the pipeline. Changes of the same `group` in a row are undone together; `selected` becomes the selection. */
export function edit(make: (graph: Graph, blocks: Blocks) => Graph, group = "", selected?: string[]): void {
  const { blocks, history, readOnly } = get();
  if (blocks && !readOnly) show(change(history, make(history.now, blocks), group), selected);
}

/** Show another version in its place; undo brings back what was. */
export function look(make: (blocks: Blocks) => Graph): void {
  const { blocks, history } = get();
  if (blocks) show(change(history, make(blocks)));
}

export const endGroup = (): void => set(({ history }) => ({ history: pause(history) }));

/** A drag begins or ends: what it moves is one step. */
export function setDragging(dragging: boolean): void {
  endGroup();
  set({ dragging });
}

export const undoEdit = (): void => show(undo(get().history));
export const redoEdit = (): void => show(redo(get().history));

export function select(names: string[]): void {
  const nodes = get().nodes.map((node) => {
    const selected = names.includes(node.id);
    return (node.selected ?? false) === selected ? node : { ...node, selected };
  });
  const edges = get().edges.map((edge) => (edge.selected ? { ...edge, selected: false } : edge));
  set({ nodes, edges, selected: selectedOf(nodes, get().selected) });
}

export const say = (spoken: string): void => set({ spoken });

/** A place on the canvas as it is kept. */
export const kept = ([x, y]: Point): Point => [x, y / get().stretch];

/** What the canvas reports. Places become part of the pipeline when a drag ends, not on its way. */
export function onNodesChange(changes: NodeChange<BlockNode>[]): void {
  const nodes = applyNodeChanges(
    changes.filter(({ type }) => type !== "remove"),
    get().nodes,
  );
  set({ nodes, selected: selectedOf(nodes, get().selected) });
  if (get().preview && changes.some(({ type }) => type === "dimensions")) restretch();
  const moved = changes.flatMap((item) =>
    item.type === "position" && !item.dragging && item.position ? [[item.id, item.position] as const] : [],
  );
  if (!moved.length) return;
  const places = Object.fromEntries(moved.map(([id, { x, y }]) => [id, kept([x, y])]));
  const changed = Object.entries(places).some(([id, [x, y]]) => {
    const [oldX, oldY] = get().graph.layout[id] ?? [Number.NaN, Number.NaN];
    return Math.round(x) !== oldX || Math.round(y) !== oldY;
  });
  if (changed) edit((graph) => moveBlocks(graph, places), `move ${Object.keys(places).join(" ")}`);
}

export function onEdgesChange(changes: EdgeChange<WireEdge>[]): void {
  set({
    edges: applyEdgeChanges(
      changes.filter(({ type }) => type !== "remove"),
      get().edges,
    ),
  });
}

/** What the server says is wrong with the pipeline as it is now. */
export function setChecked(problems: Problem[], missing: string[]): void {
  const { blocks, graph, nodes, problemsOf: before } = get();
  if (!blocks) return;
  const problemsOf = groupProblems(problems, before);
  const checking = { problems, missing, fresh: true, trouble: "" };
  set({ checking, problemsOf, nodes: nodesOf(blocks, placesOf(graph, nodes), problemsOf, nodes) });
}

/** Where the blocks stand at this moment, also in the middle of a drag. */
function placesOf(graph: Graph, nodes: BlockNode[]): Graph {
  const layout = Object.fromEntries(nodes.map(({ id, position }) => [id, [position.x, position.y] as Point]));
  return { ...graph, layout: { ...graph.layout, ...layout } };
}

/** Show what a try gave. Blocks of which nothing new came keep their objects. */
export function setPreview(preview: Preview | null): void {
  const before = get().preview?.blocks ?? {};
  if (!preview) {
    set({ preview: null });
    restretch();
    return;
  }
  const entries = Object.entries(preview.blocks).map(([name, block]) => {
    const old = before[name];
    return [name, old && JSON.stringify(old) === JSON.stringify(block) ? old : block] as const;
  });
  set({ preview: { ...preview, blocks: Object.fromEntries(entries) } });
}

export const isDirty = ({ graph, saved, readOnly }: Pick<EditorState, "graph" | "saved" | "readOnly">): boolean =>
  !readOnly && graph !== saved.graph && JSON.stringify(graph) !== JSON.stringify(saved.graph);
