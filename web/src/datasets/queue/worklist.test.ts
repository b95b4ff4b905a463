import { describe, expect, it } from "vitest";
import type { DecisionBody, Entry } from "../types";
import { actOf, KEYS, keyOf } from "./keys";
import { partnerOf, suggestionOf } from "./shared";
import { perHour } from "./speed";
import { current, decided, decidedHere, decisions, EMPTY, received, reopened, stepped, undone } from "./worklist";

function entry(id: number, change: Partial<Entry> = {}): Entry {
  const plain = { id, row: id, item: `${id}.jpg`, label: "ant", rank: 1, state: "open", width: 10, height: 10 };
  return { ...plain, suspects: [], annotations: [], decision: null, claimed: "", ...change } as Entry;
}
const body = (id: number, label = ""): DecisionBody => ({
  entry: id,
  action: label ? "relabel" : "keep",
  label,
  comment: "",
  annotations: [],
});
const start = received(EMPTY, [entry(1), entry(2), entry(3)], new Set());
const decide = (list: typeof start, label = "") => {
  const shown = current(list) as Entry;
  return decided(list, shown, body(shown.id, label));
};

describe("the work list", () => {
  it("shows one after the other, and takes nothing twice", () => {
    const list = decide(start);
    expect(current(list)?.id).toBe(2);
    // The server still takes 1 and 2 for open: the one is decided, the other is known, 9 waits to be sent.
    const more = received(list, [entry(1), entry(2), entry(4), entry(9)], new Set([9]));
    expect(more.ahead.map((one) => one.id)).toEqual([2, 3, 4]);
    expect(received(more, [entry(4)], new Set())).toBe(more);
  });

  it("brings back what was undone", () => {
    const list = undone(decide(decide(start)));
    expect(list.ahead.map((one) => one.id)).toEqual([2, 3]);
    expect(undone(undone(list)).ahead.map((one) => one.id)).toEqual([1, 2, 3]);
    expect(undone(EMPTY)).toBe(EMPTY);
  });

  it("looks back and decides anew, then goes forward from there", () => {
    const list = stepped(decide(decide(start)), 2);
    expect(current(list)?.id).toBe(1);
    expect(decidedHere(list)?.body.action).toBe("keep");
    const anew = decide(list, "bee");
    expect(current(anew)?.id).toBe(2);
    expect(decisions(anew).map((one) => [one.entry.id, one.body.label])).toEqual([
      [2, ""],
      [1, "bee"],
    ]);
    expect(current(decide(anew))?.id).toBe(3);
  });

  it("undoes a decision that was made anew to the one before it", () => {
    const anew = decide(stepped(decide(start), 1), "bee");
    const back = undone(anew);
    expect(decidedHere(back)?.body).toMatchObject({ entry: 1, action: "keep" });
    expect(current(undone(back))?.id).toBe(1);
    expect(undone(back).ahead.map((one) => one.id)).toEqual([1, 2, 3]);
  });

  it("goes no further back than there is", () => {
    expect(stepped(start, 5).back).toBe(0);
    expect(stepped(decide(start), -3).back).toBe(0);
  });

  it("shows first what is open again", () => {
    expect(reopened(start, entry(3)).ahead.map((one) => one.id)).toEqual([3, 1, 2]);
  });
});

it("gives every class its own key, none that means something else", () => {
  const keys = Array.from({ length: 40 }, (_, place) => keyOf(place)).filter(Boolean);
  expect(new Set(keys).size).toBe(keys.length);
  keys.forEach((key, place) => {
    expect(actOf(key, 40)).toEqual({ what: "class", place });
  });
  expect(actOf("5", 4)).toBeNull();
  expect(actOf("S", 40)).toEqual({ what: "suggestion" });
  expect(actOf("Shift", 40)).toBeNull();
  expect(KEYS.length).toBeGreaterThan(8);
});

it("takes the surest suggestion that is another class", () => {
  const said = (suggestion: string) => ({ check: "c", reason: "", score: 1, kind: "label", suggestion });
  expect(suggestionOf(entry(1, { suspects: [said("ant"), said("bee"), said("wasp")] as never }))).toBe("bee");
  expect(suggestionOf(entry(1))).toBe("");
});

it("knows the other one of a pair, if it is still there", () => {
  const pair = { check: "c", reason: "", score: 1, kind: "pair", partner: "b.jpg", partner_row: 0 };
  expect(partnerOf(entry(1, { suspects: [pair] as never }))).toEqual({ row: 0, name: "b.jpg", entry: null });
  expect(partnerOf(entry(1, { suspects: [{ ...pair, partner_row: null }] as never }))).toBeNull();
});

it("measures speed without pauses", () => {
  expect(perHour([0, 3000, 6000, 9000])).toBe(1200);
  expect(perHour([0, 3000, 6000, 1_000_000, 1_003_000])).toBe(1200);
  expect(perHour([0, 3000])).toBeNull();
  expect(perHour([])).toBeNull();
});
