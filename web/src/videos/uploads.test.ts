import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Chosen } from "./chosen";
import type { Hooks } from "./tus";
import { makeUploads } from "./uploads";

type Fake = { name: string; hooks: Hooks; log: string[] };
let fakes: Fake[];
let now: number;
let uploads: ReturnType<typeof makeUploads>;

const file = (name: string, size = 1000, folder = ""): Chosen => ({
  file: new File([new Uint8Array(size)], name, { lastModified: 1 }),
  folder,
});
const states = () => uploads.getState().items.map((item) => `${item.name} ${item.state}`);
const key = (name: string) => uploads.getState().items.find((item) => item.name === name)?.key ?? "";
const fake = (name: string) => fakes.find((one) => one.name === name) as Fake;

beforeEach(() => {
  fakes = [];
  now = 0;
  uploads = makeUploads(
    (chosen, hooks) => {
      const log: string[] = [];
      fakes.push({ name: chosen.file.name, hooks, log });
      return { pause: () => log.push("pause"), resume: () => log.push("resume"), cancel: () => log.push("cancel") };
    },
    () => now,
  );
});

describe("the queue", () => {
  it("sends three at once and the next when one is done", () => {
    uploads.getState().add(["a", "b", "c", "d", "e"].map((name) => file(name)));
    expect(states()).toEqual(["a going", "b going", "c going", "d waiting", "e waiting"]);
    fake("b").hooks.onDone();
    expect(states()).toEqual(["a going", "b done", "c going", "d going", "e waiting"]);
  });

  it("goes on with others when one is refused, and says why", () => {
    uploads.getState().add(["a", "b", "c", "d"].map((name) => file(name)));
    fake("a").hooks.onFailed("The file is empty", false);
    expect(states()).toEqual(["a failed", "b going", "c going", "d going"]);
    expect(uploads.getState().items[0]?.problem).toBe("The file is empty");
  });

  it("takes the same file once, but a file of the same name in another folder too", () => {
    uploads.getState().add([file("a"), file("a"), file("a", 1000, "heats")]);
    uploads.getState().add([file("a")]);
    expect(uploads.getState().items).toHaveLength(2);
  });

  it("takes a file again after it was refused", () => {
    uploads.getState().add([file("a")]);
    fake("a").hooks.onFailed("The disk is full", false);
    uploads.getState().add([file("a")]);
    expect(states()).toEqual(["a going"]);
    expect(fakes).toHaveLength(2);
  });
});

describe("pausing", () => {
  it("stops one, lets the next go, and goes on later with what was sent", () => {
    uploads.getState().add(["a", "b", "c", "d"].map((name) => file(name)));
    uploads.getState().pause(key("a"));
    expect(states()).toEqual(["a paused", "b going", "c going", "d going"]);
    uploads.getState().resume(key("a"));
    expect(states()[0]).toBe("a waiting");
    fake("b").hooks.onDone();
    expect(states()[0]).toBe("a going");
    expect(fake("a").log).toEqual(["pause", "resume"]);
  });

  it("stops all without starting those that wait", () => {
    uploads.getState().add(["a", "b", "c", "d"].map((name) => file(name)));
    uploads.getState().pauseAll();
    expect(states()).toEqual(["a paused", "b paused", "c paused", "d paused"]);
    expect(fakes.map((one) => one.name)).toEqual(["a", "b", "c"]);
    uploads.getState().resumeAll();
    expect(states()).toEqual(["a going", "b going", "c going", "d waiting"]);
  });

  it("cancels for good", () => {
    uploads.getState().add(["a", "b", "c", "d"].map((name) => file(name)));
    uploads.getState().cancel(key("a"));
    expect(fake("a").log).toEqual(["cancel"]);
    expect(states()).toEqual(["b going", "c going", "d going"]);
    uploads.getState().cancelAll();
    expect(states()).toEqual([]);
  });
});

describe("a lost connection", () => {
  it("is tried again after a while", () => {
    vi.useFakeTimers();
    uploads.getState().add([file("a")]);
    fake("a").hooks.onFailed("The connection is lost", true);
    expect(states()).toEqual(["a lost"]);
    vi.advanceTimersByTime(10_000);
    expect(states()).toEqual(["a going"]);
    expect(fake("a").log).toEqual(["resume"]);
    vi.useRealTimers();
  });

  it("is not tried again when somebody has paused it meanwhile", () => {
    vi.useFakeTimers();
    uploads.getState().add([file("a")]);
    fake("a").hooks.onFailed("The connection is lost", true);
    uploads.getState().pause(key("a"));
    vi.advanceTimersByTime(10_000);
    expect(states()).toEqual(["a paused"]);
    vi.useRealTimers();
  });
});

it("tells rate and what was sent", () => {
  uploads.getState().add([file("a", 10_000)]);
  fake("a").hooks.onProgress(3000); // an earlier visit had sent these
  now = 1000;
  fake("a").hooks.onProgress(7000);
  expect(uploads.getState().items[0]).toMatchObject({ sent: 7000, rate: 4000 });
  fake("a").hooks.onDone();
  expect(uploads.getState().items[0]).toMatchObject({ sent: 10_000, rate: 0, state: "done" });
  uploads.getState().clear();
  expect(states()).toEqual([]);
});
