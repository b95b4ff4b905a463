/** What several ideas would win together. */

import type { Idea } from "../types";

/** The joint idea that is shown: of those that are chosen, else of all; null if the server has not told it. */
export function togetherOf(
  ideas: readonly Idea[],
  together: Idea | null,
  chosen: readonly string[],
): { idea: Idea; all: boolean } | null {
  if (!together) return null;
  const told = new Set(together.tag.split(" + "));
  const wanted = chosen.length > 1 ? chosen : ideas.map((one) => one.tag);
  if (told.size !== wanted.length || !wanted.every((tag) => told.has(tag))) return null;
  return { idea: together, all: wanted.length === ideas.length };
}
