/** Data for the tests of error analysis. */

import { dataset } from "../fixtures";
import type { Idea, Mistake, Study } from "./types";

export const checked = dataset({ annotations: 0 });

export function mistake(id: number, change: Partial<Mistake> = {}): Mistake {
  const plain = { id, row: id, item: `test/${id}.jpg`, truth: "ant", prediction: "bee", score: 0.7, reason: "" };
  return { ...plain, tags: [], comment: "", by: "", seen: false, ...change };
}

export function study(change: Partial<Study> = {}): Study {
  return {
    id: "1",
    name: "Model a",
    created: "2026-11-21T18:00:00Z",
    predictions: 120,
    mistakes: 45,
    error_rate: 0.375,
    drawn: 4,
    tagged: 0,
    reason: "45 mistakes among 120 answers; 4 drawn at random",
    tags: [],
    ...change,
  };
}

export function idea(tag: string, change: Partial<Idea> = {}): Idea {
  return {
    tag,
    count: 1,
    share: 0.5,
    share_low: 0.2,
    share_high: 0.8,
    error_now: 0.375,
    ceiling: 0.1875,
    ceiling_low: 0.1,
    ceiling_high: 0.3,
    days: null,
    gain_per_day: null,
    ...change,
  };
}
