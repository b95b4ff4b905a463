/**
 * What was decided but may not have reached the server: sent in order, one at a time, tried again until it has arrived,
 * kept over a reload. One decision a request, so that a refusal is of exactly one.
 */

import { ApiError } from "../../api/client";
import type { Decided, DecisionBody } from "../types";

/** `null` as the decision takes back the person's last one; `of` is its key, if it was on its way when it was taken back.
 * The server takes each key once: what is sent again because its answer was lost does no harm. */
export type Step = { key: string; decision: DecisionBody | null; of?: string };
export type Send = (decision: DecisionBody | null, key: string) => Promise<Decided>;
export type Refusal = { step: Step; why: Error };
export type OutboxState = {
  waiting: number;
  /** Nothing gets through at the moment; it goes on by itself. */
  stuck: boolean;
  refused: readonly Refusal[];
  /** How the queue stood after the last one. */
  last: Decided | null;
};
export type Keep = { load: () => Step[]; save: (steps: Step[]) => void };

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 8000;
// Answers that may be others later: not signed in any more, too many at once.
const PASSING = [401, 408, 425, 429];

export class Outbox {
  state: OutboxState;
  private steps: Step[];
  private sending = false;
  /** The key of what was sent last: it may have arrived, although no answer came. */
  private tried = "";
  private wait = FIRST_WAIT_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly send: Send,
    private readonly keep: Keep,
  ) {
    this.steps = keep.load();
    this.tried = this.steps[0]?.key ?? "";
    this.state = { waiting: this.steps.length, stuck: false, refused: [], last: null };
  }

  /** Puts a decision behind the others. */
  add(decision: DecisionBody): void {
    this.push({ key: newKey(), decision });
  }

  /** Takes back the last decision: out of here if it has not left yet, otherwise by the server. */
  undo(): void {
    const last = this.steps.length - 1;
    const leaving = last === 0 && (this.sending || this.tried === this.steps[0]?.key);
    if (last >= 0 && !leaving && this.steps[last]?.decision) {
      this.steps = this.steps.slice(0, -1);
      this.changed({});
    } else this.push({ key: newKey(), decision: null, of: leaving ? this.steps[0]?.key : undefined });
  }

  /** Entries whose decisions wait here; the server still takes them for open. */
  entries(): Set<number> {
    return new Set(this.steps.flatMap(({ decision }) => (decision ? [decision.entry] : [])));
  }

  /** Tries at once; for when the connection is back. */
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

  stop(): void {
    clearTimeout(this.timer);
    this.listeners.clear();
  }

  private push(step: Step): void {
    this.steps = [...this.steps, step];
    this.changed({});
    if (!this.state.stuck) void this.run();
  }

  private async run(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    for (let step = this.steps[0]; step; step = this.steps[0]) {
      try {
        this.tried = step.key;
        const last = await this.send(step.decision, step.key);
        this.wait = FIRST_WAIT_MS;
        this.drop(step, { last, stuck: false });
      } catch (error) {
        if (!isRefusal(error)) {
          this.later();
          break;
        }
        this.drop(step, { refused: [...this.state.refused, { step, why: error }], stuck: false });
        // What was not taken cannot be taken back: that would be another one.
        for (const undo of this.steps.filter((one) => one.of === step.key)) this.drop(undo, {});
      }
    }
    this.sending = false;
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), this.wait);
    this.wait = Math.min(LONGEST_WAIT_MS, this.wait * 2);
    this.changed({ stuck: true });
  }

  private drop(step: Step, change: Partial<OutboxState>): void {
    this.steps = this.steps.filter((one) => one !== step);
    this.changed(change);
  }

  private changed(change: Partial<OutboxState>): void {
    this.state = { ...this.state, ...change, waiting: this.steps.length };
    this.keep.save(this.steps);
    for (const listener of this.listeners) listener();
  }
}

/** Whether the server has said no for good. */
function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && !PASSING.includes(error.status);
}

/** 96 bits by chance: no other page ever makes the same. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join("-");
}
