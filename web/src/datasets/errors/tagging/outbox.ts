/**
 * What was said of mistakes but may not have reached the server: kept in the browser, sent in order, tried again until it
 * has arrived. Of each mistake the newest word counts, because it replaces what was there.
 */

import { ApiError } from "../../../api/client";
import type { TagBody } from "../types";

export type Keep = { load: () => TagBody[]; save: (bodies: TagBody[]) => void };
export type Refusal = { body: TagBody; why: Error };
export type OutboxState = {
  /** By mistake, what has not arrived. */
  pending: ReadonlyMap<number, TagBody>;
  /** Nothing gets through at the moment; it goes on by itself. */
  stuck: boolean;
  refused: readonly Refusal[];
};

// Keys that are pressed together travel together.
const GATHER_MS = 250;
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 8000;
// The most that the server takes at once.
const MOST = 200;
// Answers that may be others later: not signed in any more, too many at once.
const PASSING = [401, 408, 425, 429];

export class TagOutbox {
  state: OutboxState;
  private sending = false;
  private wait = FIRST_WAIT_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly send: (bodies: TagBody[]) => Promise<unknown>,
    private readonly keep: Keep,
    private readonly onSent: (bodies: TagBody[]) => void = () => undefined,
  ) {
    this.state = { pending: new Map(keep.load().map((body) => [body.mistake, body])), stuck: false, refused: [] };
  }

  /** Says something of mistakes; it replaces what waits of the same. */
  add(...bodies: TagBody[]): void {
    const pending = new Map(this.state.pending);
    for (const body of bodies) {
      pending.delete(body.mistake);
      pending.set(body.mistake, body);
    }
    this.changed({ pending });
    if (!this.state.stuck) this.soon(GATHER_MS);
  }

  /** Tries at once; for when the connection is back, or the page is left. */
  poke(): void {
    clearTimeout(this.timer);
    this.wait = FIRST_WAIT_MS;
    void this.run();
  }

  forget(refusal: Refusal): void {
    this.changed({ refused: this.state.refused.filter((one) => one !== refusal) });
  }

  listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private soon(after: number): void {
    if (this.sending) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), after);
  }

  private async run(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    let many = MOST;
    while (this.state.pending.size) {
      const bodies = [...this.state.pending.values()].slice(0, many);
      try {
        await this.send(bodies);
        this.wait = FIRST_WAIT_MS;
        this.onSent(bodies);
        this.drop(bodies, { stuck: false });
      } catch (error) {
        if (!isRefusal(error)) {
          this.later();
          break;
        }
        // All or none is taken: one by one shows which is refused.
        const [body] = bodies;
        if (bodies.length === 1 && body)
          this.drop(bodies, { refused: [...this.state.refused, { body, why: error }], stuck: false });
        many = 1;
      }
    }
    this.sending = false;
  }

  private later(): void {
    this.changed({ stuck: true });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), this.wait);
    this.wait = Math.min(LONGEST_WAIT_MS, this.wait * 2);
  }

  /** What was said anew while it was under way stays. */
  private drop(bodies: TagBody[], change: Partial<OutboxState>): void {
    const pending = new Map(this.state.pending);
    for (const body of bodies) if (pending.get(body.mistake) === body) pending.delete(body.mistake);
    this.changed({ ...change, pending });
  }

  private changed(change: Partial<OutboxState>): void {
    this.state = { ...this.state, ...change };
    this.keep.save([...this.state.pending.values()]);
    for (const listener of this.listeners) listener();
  }
}

/** Whether the server has said no for good. */
function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && !PASSING.includes(error.status);
}
