import type { DecisionBody, Entry } from "../types";

/** What a person did about an entry, for as long as the page remembers. */
export type Done = { entry: Entry; body: DecisionBody };

/** The class that checks suggest for an entry, the surest one first; empty for none. */
export function suggestionOf(entry: Entry): string {
  return entry.suspects.find((one) => one.suggestion && one.suggestion !== entry.label)?.suggestion ?? "";
}

export type Partner = { row: number; name: string; entry: number | null };

/** The other picture of a pair: its row, its name, its entry if it has one; null if the entry is no pair, or its partner is
 * gone. */
export function partnerOf(entry: Entry): Partner | null {
  const pair = entry.suspects.find((one) => one.kind === "pair" && one.partner && one.partner_row != null);
  if (!pair) return null;
  return { row: pair.partner_row as number, name: pair.partner ?? "", entry: pair.partner_entry ?? null };
}

/** What was decided, in words: "relabelled as ant". */
export function told({ action, label }: Pick<DecisionBody, "action" | "label">): string {
  if (action === "relabel") return `now “${label}”`;
  return { keep: "kept as it is", remove: "removed", edit: "drawn anew", skip: "skipped" }[action];
}
