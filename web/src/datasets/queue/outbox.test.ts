import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../api/client";
import type { Decided, DecisionBody } from "../types";
import { keeping } from "./keeping";
import { type Keep, Outbox, type Step } from "./outbox";

const told: Decided = { counts: {}, speed: null, decided_by_me: 0, undone: null };
const body = (entry: number): DecisionBody => ({ entry, action: "keep", label: "", comment: "", annotations: [] });
const memory = (): Keep & { steps: Step[] } => ({
  steps: [],
  load() {
    return this.steps;
  },
  save(steps) {
    this.steps = steps;
  },
});

/** A server that takes what it is sent, or does as `answer` says. */
function server(answer: (entry: number | null) => Promise<Decided> = async () => told) {
  const took: (number | null)[] = [];
  const send = async (decision: DecisionBody | null) => {
    const made = await answer(decision?.entry ?? null);
    took.push(decision?.entry ?? null);
    return made;
  };
  return { took, send };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});
const settle = (ms = 50) => vi.advanceTimersByTimeAsync(ms);

describe("the outbox", () => {
  it("sends in order, one at a time", async () => {
    let open = 0;
    const { took, send } = server(async () => {
      open += 1;
      expect(open).toBe(1);
      await new Promise((done) => setTimeout(done, 5));
      open -= 1;
      return told;
    });
    const box = new Outbox(send, memory());
    for (let entry = 1; entry <= 5; entry++) box.add(body(entry));
    await settle(100);
    expect(took).toEqual([1, 2, 3, 4, 5]);
    expect(box.state.waiting).toBe(0);
  });

  it("loses nothing while the server is away, and goes on by itself", async () => {
    let away = true;
    const { took, send } = server(async () => {
      if (away) throw new TypeError("Failed to fetch");
      return told;
    });
    const box = new Outbox(send, memory());
    box.add(body(1));
    box.add(body(2));
    await settle(3000);
    expect(box.state).toMatchObject({ stuck: true, waiting: 2 });
    box.add(body(3));
    away = false;
    await settle(9000);
    expect(took).toEqual([1, 2, 3]);
    expect(box.state).toMatchObject({ stuck: false, waiting: 0 });
  });

  it("waits when the server is busy or the person is not signed in, instead of giving up", async () => {
    for (const status of [401, 429, 500, 503]) {
      const box = new Outbox(server(() => Promise.reject(new ApiError(status, []))).send, memory());
      box.add(body(1));
      await settle(2000);
      expect(box.state).toMatchObject({ stuck: true, waiting: 1, refused: [] });
      box.stop();
    }
  });

  it("tells of a decision that is refused, and sends the others", async () => {
    const { took, send } = server(async (entry) => {
      if (entry === 2)
        throw new ApiError(409, [{ what: "ann is looking at it now", fix: "", block: null, port: null }]);
      return told;
    });
    const box = new Outbox(send, memory());
    for (const entry of [1, 2, 3]) box.add(body(entry));
    await settle();
    expect(took).toEqual([1, 3]);
    expect(box.state.refused.map((one) => one.step.decision?.entry)).toEqual([2]);
    box.forget(box.state.refused[0] as never);
    expect(box.state.refused).toEqual([]);
  });

  it("takes back what has not left without asking the server, and by the server what has", async () => {
    let free = () => {};
    const { took, send } = server((entry) =>
      entry === 1 ? new Promise((done) => (free = () => done(told))) : Promise.resolve(told),
    );
    const box = new Outbox(send, memory());
    box.add(body(1)); // on its way
    box.add(body(2)); // not yet
    box.undo();
    box.undo();
    free();
    await settle();
    expect(took).toEqual([1, null]);
  });

  it("sends again under the same key what had no answer", async () => {
    const keys: string[] = [];
    let answers = 0;
    const send = async (_: DecisionBody | null, key: string) => {
      keys.push(key);
      answers += 1;
      if (answers === 1) throw new TypeError("Failed to fetch");
      return told;
    };
    const box = new Outbox(send, memory());
    box.add(body(1));
    box.add(body(2));
    box.undo(); // the second has not left: it goes without a word
    box.add(body(3));
    await settle(2000);
    expect(keys).toHaveLength(3);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[1]);
    expect(keys[0]?.length).toBeLessThanOrEqual(64);
  });

  it("takes back by the server what may have arrived, although no answer came", async () => {
    let away = true;
    const { took, send } = server(async () => {
      if (away) throw new TypeError("Failed to fetch");
      return told;
    });
    const keep = memory();
    const first = new Outbox(send, keep);
    first.add(body(1));
    await settle();
    first.undo();
    expect(first.state.waiting).toBe(2);
    first.stop();
    // After a reload too nobody knows whether it has arrived.
    keep.steps = keep.steps.slice(0, 1);
    const second = new Outbox(send, keep);
    second.undo();
    away = false;
    await settle(1000);
    expect(took).toEqual([1, null]);
  });

  it("does not take back another decision in place of one that was refused", async () => {
    let refuse = () => {};
    const { took, send } = server((entry) =>
      entry === 2 ? new Promise((_, no) => (refuse = () => no(new ApiError(409, [])))) : Promise.resolve(told),
    );
    const box = new Outbox(send, memory());
    box.add(body(1));
    await settle();
    box.add(body(2)); // on its way
    box.undo();
    refuse();
    await settle();
    expect(took).toEqual([1]);
    expect(box.state).toMatchObject({ waiting: 0, stuck: false });
    expect(box.state.refused).toHaveLength(1);
  });

  it("keeps what has not arrived over a reload", async () => {
    const keep = memory();
    const first = new Outbox(server(() => Promise.reject(new TypeError())).send, keep);
    first.add(body(7));
    first.add(body(8));
    await settle();
    first.stop();
    const { took, send } = server();
    const second = new Outbox(send, keep);
    expect(second.entries()).toEqual(new Set([7, 8]));
    second.poke();
    await settle();
    expect(took).toEqual([7, 8]);
    expect(keep.steps).toEqual([]);
  });
});

describe("where it is kept", () => {
  const step = (entry: number): Step => ({ key: String(entry), decision: body(entry) });
  beforeEach(() => localStorage.clear());

  it("takes over what a page that is gone has left, of the same data set alone", () => {
    keeping("d", "gone", () => false, localStorage).save([step(1)]);
    keeping("d", "living", () => false, localStorage).save([step(2)]);
    keeping("other", "gone", () => false, localStorage).save([step(3)]);
    const mine = keeping("d", "mine", (page) => page === "gone", localStorage);
    expect(mine.load().map((one) => one.decision?.entry)).toEqual([1]);
    expect(mine.load()).toHaveLength(1); // it is in this page's drawer now, once
    expect(keeping("d", "living", () => false, localStorage).load()).toHaveLength(1);
  });

  it("bears rubbish, and a store without room", () => {
    localStorage.setItem("trackside-decisions:d:mine", '[{"key": 1}, null, {"key": "a", "decision": {"entry": "x"}}]');
    expect(keeping("d", "mine", () => true, localStorage).load()).toEqual([]);
    localStorage.setItem("trackside-decisions:d:mine", "{no JSON");
    expect(keeping("d", "mine", () => true, localStorage).load()).toEqual([]);
    const full = {
      length: 0,
      key: () => null,
      getItem: () => null,
      removeItem: () => {},
      setItem: () => {
        throw new Error("full");
      },
    };
    keeping("d", "mine", () => true, full as never).save([step(1)]);
  });
});
