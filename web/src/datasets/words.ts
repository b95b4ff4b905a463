import type { Dataset, Verdict } from "./types";

/** What a verdict says about a data set, worst first. */
export const VERDICTS: Record<Verdict, { text: string; colour: string; rank: number }> = {
  fail: { text: "Needs work", colour: "red", rank: 0 },
  error: { text: "Check broke", colour: "red", rank: 1 },
  unknown: { text: "Unknown", colour: "gray", rank: 2 },
  warn: { text: "Look at it", colour: "yellow", rank: 3 },
  note: { text: "Note", colour: "brand", rank: 4 },
  ok: { text: "Fine", colour: "green", rank: 5 },
};

/** Whether work on a data set goes on at the moment. */
export function isWorking(dataset: Pick<Dataset, "state">): boolean {
  return dataset.state === "waiting" || dataset.state === "reading" || dataset.state === "checking";
}

/** `split-leakage` as people read it: "Split leakage". */
export function spoken(name: string): string {
  const words = name.replaceAll(/[-_]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The last part of a path: what tells pictures apart in a narrow place. */
export function shortName(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1) || name;
}
