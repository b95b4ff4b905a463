import type { Shape } from "../../api/client";

export type Palette = Shape<"Palette">;
export type Block = Shape<"BlockShape">;
export type Port = Shape<"PortShape">;
export type Setting = Shape<"SettingShape">;
export type Kind = Shape<"KindShape">;
export type Family = Shape<"FamilyShape">;

/** The palette, with its blocks and kinds by name. */
export interface Blocks {
  palette: Palette;
  byUse: ReadonlyMap<string, Block>;
  kinds: ReadonlyMap<string, Kind>;
  /** The blocks that can be added, in the palette's order. */
  offered: Block[];
}

export const NO_KIND_COLOUR = "#8b8d98";

export function indexPalette(palette: Palette): Blocks {
  const byUse = new Map<string, Block>();
  for (const block of palette.blocks) {
    byUse.set(block.use, block);
    // A file may name a block without its version: then the newest one is meant.
    const bare = block.use.split("@")[0] as string;
    if (block.newest || !byUse.has(bare)) byUse.set(bare, block);
  }
  const kinds = new Map(palette.kinds.map((kind) => [kind.name, kind]));
  return { palette, byUse, kinds, offered: palette.blocks.filter((block) => block.offered) };
}

/** Whether what an output gives may enter an input. */
export function fits(blocks: Blocks, output: Port, input: Port): boolean {
  return output.kinds.some((kind) => {
    const enters = blocks.kinds.get(kind)?.fits ?? [kind];
    return input.kinds.some((accepted) => enters.includes(accepted));
  });
}

export function colourOf(blocks: Blocks, port: Port): string {
  return blocks.kinds.get(port.kinds[0] ?? "")?.colour ?? NO_KIND_COLOUR;
}

const KIND_WORDS: Record<string, string> = {
  Image: "images",
  Keypoints: "body points",
  Embeddings: "looks",
  Motion: "camera motion",
  Table: "tables",
  Shapes: "zones and lines",
};
const MOST_KINDS = 3;

/** What may flow through a port, in plain words: `tracks or events`. */
export function kindWords(port: Port): string {
  if (port.kinds.length > MOST_KINDS) return "any results";
  return port.kinds.map((kind) => KIND_WORDS[kind] ?? kind.toLowerCase()).join(" or ") || "anything";
}

/** The kind as a remark beside a port's title; empty where the title says it already. */
export function kindBeside(port: Port): string {
  const words = kindWords(port);
  return words === port.title.toLowerCase() ? "" : words;
}

/** A part of a text, and whether the search matched it. */
export interface Piece {
  text: string;
  hit: boolean;
}

/** Cut a text at the places where a word of the search stands. */
export function highlight(text: string, search: string): Piece[] {
  const words = search.trim().toLowerCase().split(/\s+/).filter(Boolean).map(escapeRegExp);
  if (!words.length) return [{ text, hit: false }];
  const pattern = new RegExp(`(${words.join("|")})`, "i");
  return text
    .split(pattern)
    .map((piece, place) => ({ text: piece, hit: place % 2 === 1 }))
    .filter((piece) => piece.text);
}

function escapeRegExp(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Blocks that a search finds, the best first: every word must stand in title, name, help or kinds. */
export function searchBlocks(candidates: Block[], search: string): Block[] {
  const words = search.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return candidates;
  return candidates
    .map((block) => ({ block, score: scoreOf(block, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ block }) => block);
}

function scoreOf(block: Block, words: string[]): number {
  const title = block.title.toLowerCase();
  const name = block.use.toLowerCase();
  const kinds = [...block.inputs, ...block.outputs]
    .flatMap((port) => port.kinds)
    .join(" ")
    .toLowerCase();
  const help = `${block.summary} ${block.help}`.toLowerCase();
  let sum = 0;
  for (const word of words) {
    const found = title.startsWith(word)
      ? 16
      : title.includes(word)
        ? 8
        : name.includes(word)
          ? 4
          : kinds.includes(word)
            ? 2
            : help.includes(word)
              ? 1
              : 0;
    if (!found) return 0;
    sum += found;
  }
  return sum;
}

/** Blocks under their families, families without any left out. */
export function byFamily(palette: Palette, found: Block[]): { family: Family; blocks: Block[] }[] {
  return palette.families
    .map((family) => ({ family, blocks: found.filter((block) => block.family === family.name) }))
    .filter(({ blocks }) => blocks.length > 0);
}
