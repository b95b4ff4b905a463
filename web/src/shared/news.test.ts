import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keysOf, listen } from "./news";

class FakeSource {
  static all: FakeSource[] = [];
  onmessage?: (event: { data: string }) => void;
  onopen?: () => void;
  onerror?: () => void;
  readyState = 1;
  closed = false;
  constructor() {
    FakeSource.all.push(this);
  }
  close() {
    this.closed = true;
  }
  say(message: unknown) {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }
}

const open = () => new FakeSource() as unknown as EventSource;
const last = () => FakeSource.all.at(-1) as FakeSource;
let client: QueryClient;
let stale: unknown[];

beforeEach(() => {
  vi.useFakeTimers();
  FakeSource.all = [];
  client = new QueryClient();
  stale = [];
  vi.spyOn(client, "invalidateQueries").mockImplementation(async (filters) => {
    stale.push(filters?.queryKey ?? "everything");
  });
});
afterEach(() => {
  vi.useRealTimers();
});

it("knows what a topic makes stale", () => {
  expect(keysOf({ topic: "run", id: "r1" })).toEqual([["runs"], ["run", "r1"], ["queue"]]);
  expect(keysOf({ topic: "video", id: "v1" })).toEqual([["videos"], ["video", "v1"], ["folders"]]);
  expect(keysOf({ topic: "preview", id: "p1" })).toEqual([["preview", "p1"]]);
  expect(keysOf({ topic: "model", id: "m1" })).toEqual([["models"], ["model", "m1"]]);
  expect(keysOf({ topic: "dataset", id: "d1" })).toEqual([["datasets"], ["dataset", "d1"]]);
  expect(keysOf({ topic: "live", id: "gate" })).toEqual([["live"]]);
  expect(keysOf({ topic: "alarm", id: "a1" })).toEqual([["alarms"], ["alarm", "a1"], ["live", "cameras"]]);
  expect(keysOf({ topic: "all", id: "" })).toBeNull();
  expect(keysOf({ topic: "weather", id: "" })).toEqual([]);
});

describe("listening", () => {
  it("asks once for what many messages make stale", () => {
    listen(client, open);
    for (let i = 0; i < 20; i++) last().say({ topic: "run", id: "r1" });
    expect(stale).toEqual([]);
    vi.advanceTimersByTime(300);
    expect(stale).toEqual([["runs"], ["run", "r1"], ["queue"]]);
  });

  it("leaves everything alone while nothing is said, and at rubbish", () => {
    listen(client, open);
    last().onopen?.();
    last().say("no JSON");
    last().say({ id: 3 });
    last().say("null");
    vi.advanceTimersByTime(60_000);
    expect(stale).toEqual([]);
  });

  it("asks for everything after a gap, since what was said in it is unknown", () => {
    listen(client, open);
    last().onopen?.();
    last().readyState = 0;
    last().onerror?.();
    last().onopen?.();
    expect(stale).toEqual(["everything"]);
  });

  it("tells when the line is lost and when it is back", () => {
    const told: boolean[] = [];
    listen(client, open, (lost) => told.push(lost));
    last().onopen?.();
    last().readyState = 0;
    last().onerror?.();
    last().onopen?.();
    expect(told).toEqual([false, true, false]);
  });

  it("opens a new stream when the server has closed the old one for good", () => {
    listen(client, open);
    last().readyState = 2;
    last().onerror?.();
    expect(FakeSource.all).toHaveLength(1);
    vi.advanceTimersByTime(5000);
    expect(FakeSource.all).toHaveLength(2);
  });

  it("stops when the page goes", () => {
    const stop = listen(client, open);
    last().say({ topic: "run", id: "r1" });
    last().readyState = 2;
    last().onerror?.();
    stop();
    vi.advanceTimersByTime(10_000);
    expect(FakeSource.all).toHaveLength(1);
    expect(last().closed).toBe(true);
    expect(stale).toEqual([]);
  });
});
