import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../../api/client";
import type { TagBody } from "../types";
import { keeping } from "./keeping";
import { TagOutbox } from "./outbox";

const body = (mistake: number, ...tags: string[]): TagBody => ({ mistake, tags, comment: "", seen: true });
const refused = new ApiError(422, [{ what: "no such tag", fix: "", block: null, port: null }]);

/** A server that fails as told, then takes. */
function server(...failures: (Error | null)[]) {
  const taken: TagBody[][] = [];
  const send = async (bodies: TagBody[]) => {
    const failure = failures.shift();
    if (failure) throw failure;
    taken.push(bodies);
  };
  return { taken, send };
}

function drawer(start: TagBody[] = []) {
  const kept = [...start];
  return {
    load: () => [...kept],
    save: (bodies: TagBody[]) => kept.splice(0, kept.length, ...bodies),
    now: () => [...kept],
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the outbox of tags", () => {
  it("sends what was pressed together at once, the newest word of each mistake, in the order it was said", async () => {
    const { taken, send } = server();
    const box = new TagOutbox(send, drawer());
    box.add(body(1, "dark"));
    box.add(body(2, "tiny"));
    box.add(body(1, "dark", "blur"));
    await vi.runAllTimersAsync();
    expect(taken).toEqual([[body(2, "tiny"), body(1, "dark", "blur")]]);
    expect(box.state.pending.size).toBe(0);
  });

  it("keeps what was not sent over a reload, and sends it then", async () => {
    const keep = drawer();
    new TagOutbox(() => new Promise(() => undefined), keep).add(body(3, "dark"));
    expect(keep.now()).toEqual([body(3, "dark")]);
    const { taken, send } = server();
    new TagOutbox(send, keep).poke();
    await vi.runAllTimersAsync();
    expect(taken).toEqual([[body(3, "dark")]]);
    expect(keep.now()).toEqual([]);
  });

  it("tries again until the server answers, and says meanwhile that it is stuck", async () => {
    const { taken, send } = server(new TypeError("offline"), new ApiError(503, []), new ApiError(401, []));
    const box = new TagOutbox(send, drawer());
    box.add(body(1, "dark"));
    await vi.advanceTimersByTimeAsync(300);
    expect(box.state.stuck).toBe(true);
    box.add(body(2));
    await vi.runAllTimersAsync();
    expect(taken).toEqual([[body(1, "dark"), body(2)]]);
    expect(box.state).toMatchObject({ stuck: false, refused: [] });
  });

  it("does not lose what is said while something is under way", async () => {
    const { taken, send } = server();
    const box: TagOutbox = new TagOutbox(async (bodies) => {
      if (!taken.length) box.add(body(1, "dark", "late"));
      await send(bodies);
    }, drawer());
    box.add(body(1, "dark"));
    await vi.runAllTimersAsync();
    expect(taken).toEqual([[body(1, "dark")], [body(1, "dark", "late")]]);
  });

  it("tells exactly what was refused, and the others arrive", async () => {
    const taken: number[] = [];
    const send = async (bodies: TagBody[]) => {
      if (bodies.some((one) => one.mistake === 2)) throw refused;
      taken.push(...bodies.map((one) => one.mistake));
    };
    const box = new TagOutbox(send, drawer());
    box.add(body(1), body(2), body(3));
    await vi.runAllTimersAsync();
    expect(taken).toEqual([1, 3]);
    const [refusal] = box.state.refused;
    expect(refusal?.body).toEqual(body(2));
    if (refusal) box.forget(refusal);
    expect(box.state.refused).toEqual([]);
  });

  it("tells what has arrived", async () => {
    const sent = vi.fn();
    const box = new TagOutbox(server().send, drawer(), sent);
    box.add(body(1));
    await vi.runAllTimersAsync();
    expect(sent).toHaveBeenCalledWith([body(1)]);
  });
});

describe("the drawer", () => {
  it("takes over what pages that are gone left, and leaves what living ones hold", () => {
    localStorage.clear();
    keeping("d/1", "dead", () => false, localStorage).save([body(1, "dark")]);
    keeping("d/1", "alive", () => false, localStorage).save([body(2)]);
    keeping("d/2", "dead", () => false, localStorage).save([body(9)]);
    const mine = keeping("d/1", "me", (page) => page === "dead", localStorage);
    expect(mine.load()).toEqual([body(1, "dark")]);
    expect(mine.load()).toEqual([body(1, "dark")]);
    expect(Object.keys(localStorage).sort()).toEqual([
      "trackside-tags:d/1:alive",
      "trackside-tags:d/1:me",
      "trackside-tags:d/2:dead",
    ]);
  });

  it("does not stumble over rubbish", () => {
    localStorage.setItem("trackside-tags:d/3:me", '[{"mistake":"x"},null,7]');
    expect(keeping("d/3", "me", () => true, localStorage).load()).toEqual([]);
    localStorage.setItem("trackside-tags:d/3:me", "{");
    expect(keeping("d/3", "me", () => true, localStorage).load()).toEqual([]);
  });
});
