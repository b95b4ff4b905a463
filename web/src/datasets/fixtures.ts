/** Data for the tests of the pages. */

import { session } from "../test/page";
import type { Dataset, Entry } from "./types";

export function dataset(change: Partial<Dataset> = {}): Dataset {
  return {
    id: "d1",
    name: "Ants and bees",
    format: "folder",
    origin: "sets",
    state: "ready",
    stage: "",
    fraction: 1,
    problem: "",
    fix: "",
    items: 5000,
    labelled: 5000,
    classes: 2,
    splits: ["train", "val"],
    annotations: 10,
    troubles: 0,
    verdict: "warn",
    checked: "2026-11-21T18:00:00Z",
    open: 3,
    decided: 0,
    created: "2026-11-21T17:00:00Z",
    owner: "you",
    version: "v1",
    readable: true,
    uploaded: false,
    ...change,
  };
}

/** Items from `offset`, all ants, named by their row. */
export function items(total: number, offset: number, limit: number) {
  const rows = Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, at) => offset + at);
  return {
    total,
    rows,
    names: rows.map((row) => `train/${row}.jpg`),
    labels: rows.map(() => "ant"),
    splits: rows.map(() => "train"),
    groups: rows.map(() => ""),
    widths: rows.map(() => 640),
    heights: rows.map(() => 480),
    boxes: rows.map(() => 0),
    suspicion: rows.map((row) => (row === 1 ? 0.9 : 0)),
  };
}

export function entry(id: number, change: Partial<Entry> = {}): Entry {
  const suspect = {
    check: "label-errors",
    reason: "it looks like a bee",
    score: 0.9,
    kind: "label",
    suggestion: "bee",
  };
  return {
    id,
    row: id,
    item: `train/${id}.jpg`,
    label: "ant",
    rank: 0.9,
    state: "open",
    width: 640,
    height: 480,
    suspects: [{ ...suspect, annotation: -1, partner: "", partner_row: null }],
    annotations: [],
    decision: null,
    claimed: "",
    ...change,
  } as Entry;
}

export const facets = {
  classes: [
    { name: "ant", count: 3000 },
    { name: "bee", count: 2000 },
  ],
  splits: [{ name: "train", count: 5000 }],
  groups: [],
  checks: [{ name: "label-errors", count: 3 }],
  troubles: ["train/x.txt: is no picture"],
  keypoints: [],
  bones: [],
};

export const always = { "GET /api/session": session, "GET /api/datasets/d1/facets": facets };

/** jsdom lays nothing out: every element is as large as this. */
export function withSize(width: number, height: number): void {
  Element.prototype.scrollIntoView ??= () => undefined;
  Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, get: () => width });
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => height });
}
