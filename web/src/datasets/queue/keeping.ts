/** Where decisions that have not arrived are kept: in the browser, a drawer for each page that is open. */

import type { Keep, Step } from "./outbox";

const PREFIX = "trackside-decisions";
const PAGE = "trackside-page";

/** The drawer of this page for a data set; what a page that is gone has left for the same data set is taken over. */
export function keeping(dataset: string, page: string, dead: (page: string) => boolean, store: Storage): Keep {
  const mine = `${PREFIX}:${dataset}:${page}`;
  return {
    load: () => {
      const left = keysOf(store, `${PREFIX}:${dataset}:`).filter(
        (key) => key !== mine && dead(key.split(":")[2] ?? ""),
      );
      const steps = [...left.sort(), mine].flatMap((key) => read(store, key));
      for (const key of left) store.removeItem(key);
      write(store, mine, steps);
      return steps;
    },
    save: (steps) => write(store, mine, steps),
  };
}

function keysOf(store: Storage, prefix: string): string[] {
  return Array.from({ length: store.length }, (_, at) => store.key(at) ?? "").filter((key) => key.startsWith(prefix));
}

function read(store: Storage, key: string): Step[] {
  try {
    const steps: unknown = JSON.parse(store.getItem(key) ?? "[]");
    return Array.isArray(steps) ? steps.filter(isStep) : [];
  } catch {
    return [];
  }
}

function isStep(step: unknown): step is Step {
  if (typeof step !== "object" || step === null || !("decision" in step) || !("key" in step)) return false;
  const { decision } = step as Step;
  return decision === null || (typeof decision.entry === "number" && typeof decision.action === "string");
}

function write(store: Storage, key: string, steps: Step[]): void {
  try {
    if (steps.length) store.setItem(key, JSON.stringify(steps));
    else store.removeItem(key);
  } catch {
    // No room, or forbidden: they are still in memory, and sent.
  }
}

/**
 * The name of this page, which outlives a reload, and who of the others is gone. A page that lives holds a lock of its name;
 * browsers without locks (plain HTTP from afar) have one drawer for all pages.
 */
export async function claimPage(): Promise<{ page: string; dead: (page: string) => boolean }> {
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return { page: "all", dead: () => true };
  for (;;) {
    const page = sessionStorage.getItem(PAGE) ?? crypto.randomUUID();
    sessionStorage.setItem(PAGE, page);
    if (await held(locks, page)) {
      const living = new Set((await locks.query()).held?.map((lock) => lock.name));
      return { page, dead: (other) => !living.has(`${PAGE}:${other}`) };
    }
    // A page that was opened as a copy of another has its name: it takes one of its own.
    sessionStorage.removeItem(PAGE);
  }
}

const here = new Set<string>();

function held(locks: LockManager, page: string): Promise<boolean> {
  if (here.has(page)) return Promise.resolve(true);
  return new Promise((answer) => {
    void locks.request(`${PAGE}:${page}`, { ifAvailable: true }, (lock) => {
      answer(lock !== null);
      if (!lock) return;
      here.add(page);
      return new Promise(() => undefined); // held until the page goes
    });
  });
}
