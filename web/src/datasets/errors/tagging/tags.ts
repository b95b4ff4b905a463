/** Tags in use, and what people may call one. */

import type { Mistake } from "../types";

export const LONGEST_TAG = 60;

/** Tags in the order of the mistakes that have them; those that were there stay where they are, so that no key moves. */
export function tagsInUse(mistakes: readonly Mistake[], before: readonly string[] = []): string[] {
  const found = new Set(mistakes.flatMap((one) => one.tags));
  const kept = before.filter((tag) => found.has(tag));
  return [...new Set([...kept, ...found])];
}

/** How many mistakes have each tag. */
export function countsOf(mistakes: readonly Mistake[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const tag of mistakes.flatMap((one) => one.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return counts;
}

/** A tag as it is kept; empty for what can be none. A semicolon separates tags in a spreadsheet. */
export function tagName(text: string): string {
  return text
    .replace(/[;\p{C}]/gu, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, LONGEST_TAG)
    .trim();
}

/** Tags that hold a text; those that begin with it first. */
export function matching(tags: readonly string[], text: string): string[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [...tags];
  const begins = (tag: string) => (tag.toLowerCase().startsWith(wanted) ? 0 : 1);
  return tags.filter((tag) => tag.toLowerCase().includes(wanted)).sort((a, b) => begins(a) - begins(b));
}

/**
 * Mistakes that were looked at before their turn. The order is a random one: shares of those looked at in turn are shares of
 * all, but who picks out a group sees too much of it.
 */
export function outOfTurn(mistakes: readonly Mistake[]): number {
  const first = mistakes.findIndex((one) => !one.seen);
  return first < 0 ? 0 : mistakes.slice(first).filter((one) => one.seen).length;
}

/** How many wait before the last one that was looked at: when they are looked at too, shares are right again. */
export function leftBefore(mistakes: readonly Mistake[]): number {
  const last = mistakes.findLastIndex((one) => one.seen);
  return mistakes.slice(0, last + 1).filter((one) => !one.seen).length;
}
