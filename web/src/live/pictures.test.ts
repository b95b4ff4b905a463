import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Load, Pictures, pause } from "./pictures";

type Asked = { address: string; known: string; answer: (tag: string | null) => void; refuse: () => void };
let asked: Asked[];
let line: Pictures;

// Answers come when a test gives them.
const load: Load = (address, known) =>
  new Promise((resolve, reject) => {
    const answer = (tag: string | null) => resolve(tag === null ? null : { picture: new Image(), tag });
    asked.push({ address, known, answer, refuse: () => reject(new Error("no")) });
  });
const waiting = () => asked.map(({ address }) => address);
const answerAll = async () => {
  for (const one of asked.splice(0)) one.answer("tag");
  await vi.advanceTimersByTimeAsync(0);
};

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  line = new Pictures(load, () => Date.now());
});
afterEach(() => {
  vi.useRealTimers();
});

it("asks for four at a time, and everybody has a turn", async () => {
  const show = vi.fn();
  for (const address of "abcdefghij") line.want({ address, every: 1000, show });
  expect(waiting()).toEqual(["a", "b", "c", "d"]);
  await answerAll();
  expect(waiting()).toEqual(["e", "f", "g", "h"]);
  await answerAll();
  await answerAll();
  expect(waiting()).toEqual([]);
  expect(show).toHaveBeenCalledTimes(10);
});

it("asks again when it is time, not before", async () => {
  line.want({ address: "a", every: 1000, show: () => undefined });
  await answerAll();
  await vi.advanceTimersByTimeAsync(900);
  expect(waiting()).toEqual([]);
  await vi.advanceTimersByTimeAsync(100);
  expect(waiting()).toEqual(["a"]);
});

it("tells what it knows, and shows nothing anew that is still the same", async () => {
  const show = vi.fn();
  line.want({ address: "a", every: 1000, show });
  await answerAll();
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked[0]?.known).toBe("tag");
  asked.splice(0)[0]?.answer(null);
  await vi.advanceTimersByTimeAsync(1000);
  expect(show).toHaveBeenCalledTimes(1);
  expect(asked[0]?.known).toBe("tag");
});

it("asks a camera that gives none less and less often, and another one no less for it", async () => {
  const miss = vi.fn();
  line.want({ address: "bad", every: 1000, show: () => undefined, miss });
  line.want({ address: "good", every: 1000, show: () => undefined });
  const times = { bad: 0, good: 0 };
  for (let second = 0; second < 30; second++) {
    for (const one of asked.splice(0)) {
      times[one.address as "bad" | "good"] += 1;
      one.address === "bad" ? one.refuse() : one.answer("tag");
    }
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(times.good).toBe(30);
  expect(times.bad).toBeLessThanOrEqual(5);
  expect(miss).toHaveBeenCalledTimes(times.bad);
});

it("shows nothing to who has left, and asks no more", async () => {
  const show = vi.fn();
  const stop = line.want({ address: "a", every: 1000, show });
  stop();
  await answerAll();
  await vi.advanceTimersByTimeAsync(5000);
  expect(show).not.toHaveBeenCalled();
  expect(waiting()).toEqual([]);
});

it("rests while nobody looks", async () => {
  line.want({ address: "a", every: 1000, show: () => undefined });
  await answerAll();
  line.rest(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(waiting()).toEqual([]);
  line.rest(false);
  expect(waiting()).toEqual(["a"]);
});

it("gives a slow server three quarters of the time off", () => {
  expect(pause(1000, 100, 0)).toBe(1000);
  expect(pause(1000, 2000, 0)).toBe(8000);
  expect(pause(1000, 0, 2)).toBe(4000);
  expect(pause(1000, 0, 99)).toBe(30_000);
});
