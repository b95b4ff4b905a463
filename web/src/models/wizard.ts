/** The state of the wizard that adds a model: the card as a tree of fields, and where each problem belongs. */

import type { Problem, Shape } from "../api/client";

export type Card = Record<string, unknown>;
export type Draft = Shape<"Draft">;

export const STEPS = ["File", "What it is", "How it is fed", "Try it"] as const;

/** The field at a path such as `geometry.width` or `geometry.mean.1`. */
export function fieldAt(card: Card, path: string): unknown {
  return path.split(".").reduce<unknown>((at, part) => {
    if (Array.isArray(at)) return at[Number(part)];
    return at && typeof at === "object" ? (at as Card)[part] : undefined;
  }, card);
}

/** The card with another value at a path; nothing of the old one changes. */
export function withField(card: Card, path: string, value: unknown): Card {
  const [part = "", ...rest] = path.split(".");
  const inner = card[part];
  if (!rest.length) return { ...card, [part]: value };
  if (Array.isArray(inner)) return { ...card, [part]: inner.map((one, at) => (String(at) === rest[0] ? value : one)) };
  const below = inner && typeof inner === "object" ? (inner as Card) : {};
  return { ...card, [part]: withField(below, rest.join("."), value) };
}

/** A family needs its `decoding`, or must not have one. */
export function withFamily(card: Card, family: string, outputs: Draft["outputs"]): Card {
  const { decoding, ...rest } = card;
  if (family !== "generic") return { ...rest, family };
  return { ...rest, family, decoding: decoding ?? guessDecoding(outputs.map((output) => String(output.name))) };
}

/** Which output is which, from how many there are and what they are called. */
export function guessDecoding(names: string[]): Card {
  const [first = ""] = names;
  if (names.length < 2) return { combined: first };
  const named = (pattern: RegExp, other: string) => names.find((name) => pattern.test(name)) ?? other;
  const boxes = named(/box|bbox|loc/i, first);
  const scores = named(/score|conf|prob|logit/i, names.find((name) => name !== boxes) ?? first);
  const classes = names.find((name) => name !== boxes && name !== scores && /class|label/i.test(name));
  return classes ? { boxes, scores, classes } : { boxes, scores };
}

/** What the server says of a field, or of anything below it; `card.` before it is the same. */
export function problemOf(problems: Problem[], path: string): string | undefined {
  const found = problems.find((problem) => {
    const port = pathOf(problem);
    return port === path || port.startsWith(`${path}.`);
  });
  return found && (found.fix ? `${found.what}; ${found.fix}` : found.what);
}

function pathOf(problem: Problem): string {
  return (problem.port ?? "").replace(/^(body\.)?card\./, "");
}

// Fields of the second page; all others are on the third.
const IDENTITY = ["name", "task", "family", "licence", "source", "reference", "note"];

/** The page on which the first problem can be mended. */
export function stepOf(problems: Problem[]): number {
  return problems.some((problem) => IDENTITY.includes(pathOf(problem))) ? 1 : 2;
}

/** Problems that stand beside no field. */
export function homeless(problems: Problem[], paths: readonly string[]): Problem[] {
  return problems.filter(
    (problem) => !paths.some((path) => pathOf(problem) === path || pathOf(problem).startsWith(`${path}.`)),
  );
}

/** Names that are pasted or come from a file: one a line, or between commas if there is only one line. */
export function classesFrom(text: string): string[] {
  const lines = text.split(/\r?\n/);
  const parts = lines.filter((line) => line.trim()).length === 1 ? lines.join("").split(",") : lines;
  return parts.map((part) => part.trim()).filter(Boolean);
}

/** What is missing before the second page can be left. */
export function missingOf(card: Card): Problem[] {
  const needs: [string, string][] = [
    ["name", "give the model a name"],
    ["task", "say what it does"],
    ["family", "say how its outputs are read"],
    ["licence", "say under which licence its weights may be used"],
  ];
  return needs
    .filter(([path]) => !String(fieldAt(card, path) ?? "").trim())
    .map(([port, what]) => ({ what, fix: "", block: null, port }));
}
