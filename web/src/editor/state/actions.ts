import { cutOut, paste, readPart } from "../model/clipboard";
import * as graphs from "../model/graph";
import { type End, type Graph, type Point, SOURCE, type Wire } from "../model/graph";
import { arrange, freePlace, NODE_SIZE, type Size } from "../model/layout";
import { type Block, type Blocks, fits } from "../model/palette";
import { accept, entryFor, fillRequired, type Offer, onlyWire, refusalOf, titleOf } from "../model/wiring";
import { edit, kept, type Loose, type Spot, say, select, useEditor } from "./store";

const get = useEditor.getState;
const set = useEditor.setState;

function sizes(): Record<string, Size> {
  const known = get().nodes.filter((node) => node.measured?.width && node.measured.height);
  return Object.fromEntries(
    known.map((node) => [node.id, { width: node.measured?.width ?? 0, height: node.measured?.height ?? 0 }]),
  );
}

/** Add a block: where it was dropped, or beside the selected one, and wired to that if there is only one way. */
export function addFromPalette(block: Block, at?: Point, loose?: Loose): string {
  const { graph, blocks, selected } = get();
  if (!blocks) return "";
  const name = graphs.freeName(graph, block);
  const beside = loose?.block ?? (selected.length === 1 ? selected[0] : undefined);
  const place = at ? kept(at) : freePlace(graph, placeBeside(graph, beside), sizes());
  let next = graphs.addBlock(graph, name, { use: block.use }, place);
  const wire = loose ? wireToLoose(blocks, next, loose, name, block) : beside && onlyWire(blocks, next, beside, name);
  if (wire && !refusalOf(blocks, next, wire)) next = graphs.connect(blocks, next, wire);
  next = fillRequired(blocks, next, name);
  edit(() => next, "", [name]);
  const wires = graphs.wiresInto(blocks, next, name).map(({ from }) => from);
  say(`Added “${block.title}” as ${name}${wires.length ? `, wired to ${wires.join(" and ")}` : ""}.`);
  return name;
}

function placeBeside(graph: Graph, name: string | undefined): Point {
  const all = Object.values(graph.layout);
  const [x, y] =
    (name ? graph.layout[name] : undefined) ?? all.reduce((a, b) => (b[0] > a[0] ? b : a), all[0] ?? [-300, 0]);
  return [x + NODE_SIZE.width + 64, y];
}

function wireToLoose(blocks: Blocks, graph: Graph, loose: Loose, name: string, block: Block): Wire | undefined {
  if (loose.side === "output") {
    const output = graphs.outputOf(blocks, graph, loose);
    const entry = output && entryFor(blocks, output, block);
    return entry && { from: loose.block, output: loose.port, to: name, input: entry.name };
  }
  const input = graphs.inputOf(blocks, graph, loose);
  const output = input && block.outputs.find((port) => fits(blocks, port, input));
  return output && { from: name, output: output.name, to: loose.block, input: loose.port };
}

/** Draw a wire, or show why it cannot be. */
export function join(wire: Wire, spot?: Spot): boolean {
  const { blocks, graph } = get();
  if (!blocks) return false;
  const refusal = refusalOf(blocks, graph, wire);
  if (refusal) {
    say(`Refused: ${refusal.what}`);
    if (spot) set({ refused: { ...refusal, wire, spot } });
    return false;
  }
  edit((now) => graphs.connect(blocks, now, wire));
  say(`Wired ${wire.from}, ${wire.output}, to ${wire.to}, ${wire.input}.`);
  return true;
}

export function cut(wire: Wire): void {
  edit((graph, blocks) => graphs.disconnect(blocks, graph, wire));
  say(`Removed the wire from ${wire.from} to ${wire.to}.`);
}

/** Do what was offered when a wire was refused. */
export function acceptOffer(offer: Offer): void {
  const { blocks, graph, refused } = get();
  if (!blocks || !refused) return;
  const done = accept(blocks, graph, refused.wire, offer);
  let next = done.graph;
  for (const name of done.added) {
    const { [name]: at, ...layout } = next.layout;
    next = graphs.moveBlocks(next, { [name]: freePlace({ ...next, layout }, at ?? [0, 0], sizes()) });
  }
  edit(() => next, "", done.added.length ? done.added : undefined);
  say(done.added.length ? `Added ${done.added.join(" and ")} and wired it.` : "Wired.");
}

/** Delete what is selected, blocks and wires. */
export function removeSelected(): void {
  const { selected, edges, blocks } = get();
  const wires = edges.filter((edge) => edge.selected).flatMap((edge) => (edge.data ? [edge.data.wire] : []));
  if (!blocks || (!selected.length && !wires.length)) return;
  if (!wires.length && selected.every((name) => name === SOURCE)) {
    say("The block that reads the video stays: every pipeline needs it.");
    return;
  }
  edit((graph) => {
    const less = wires.reduce((now, wire) => graphs.disconnect(blocks, now, wire), graph);
    return graphs.removeBlocks(blocks, less, selected);
  });
  const gone = selected.filter((name) => name !== SOURCE);
  say(gone.length ? `Removed ${gone.join(", ")}.` : "Removed the wire.");
}

export function rename(old: string, name: string): void {
  edit((graph, blocks) => graphs.renameBlock(blocks, graph, old, name), "", [name]);
  say(`Renamed ${old} to ${name}.`);
}

export function setArgument(name: string, key: string, value: unknown, group = `${name}.${key}`): void {
  edit((graph) => graphs.setArgument(graph, name, key, value), group);
}

/** Several settings of a block as one step. */
export function setArguments(name: string, values: Record<string, unknown>): void {
  edit((graph) =>
    Object.entries(values).reduce((now, [key, value]) => graphs.setArgument(now, name, key, value), graph),
  );
}

export function toggleSave(end: End): void {
  edit((graph, blocks) => graphs.toggleSave(blocks, graph, end));
  const { blocks, graph } = get();
  const saved = blocks && graphs.isSaved(blocks, graph, end);
  say(`${end.block}, ${end.port}, ${saved ? "goes into the results" : "is not kept"}.`);
}

export const copyText = (): string => {
  const part = cutOut(get().graph, get().selected);
  return part ? JSON.stringify(part) : "";
};

/** Paste blocks from text; tells whether the text held any. */
export function pasteText(text: string, shift: Point = [40, 40]): boolean {
  const part = readPart(text);
  const { blocks, graph } = get();
  if (!part || !blocks) return false;
  const pasted = paste(blocks, graph, part, shift);
  edit(() => pasted.graph, "", pasted.added);
  say(`Pasted ${pasted.added.join(", ")}.`);
  return true;
}

export const duplicate = (): boolean => pasteText(copyText());

export function arrangeAll(): void {
  edit((graph, blocks) => arrange(blocks, graph, sizes()));
  say("Arranged from left to right.");
}

export const selectAll = (): void => select(Object.keys(get().graph.blocks));

/** Select a block, and give the focus to one of its fields. */
export function goTo(block: string, field?: string | null): void {
  select([block]);
  set({ focus: field ? { block, field } : null });
}

export function describe(name: string): string {
  const { blocks, graph } = get();
  return blocks ? titleOf(blocks, graph, name) : name;
}
