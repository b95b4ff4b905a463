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
