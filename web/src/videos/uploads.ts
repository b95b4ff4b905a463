import { create, type StoreApi, type UseBoundStore } from "zustand";
import type { Chosen } from "./chosen";
import { nextRate, type Rate, startRate } from "./rate";
import { type Handle, type Start, startTus } from "./tus";

export type UploadState = "waiting" | "going" | "paused" | "lost" | "done" | "failed";
export type Item = {
  key: string;
  name: string;
  folder: string;
  /** Whether it becomes a data set; a video if not. */
  dataset: boolean;
  size: number;
  sent: number;
  /** Bytes a second. */
  rate: number;
  state: UploadState;
  problem: string;
};

export type Uploads = {
  items: Item[];
  add: (chosen: Chosen[]) => void;
  pause: (key: string) => void;
  resume: (key: string) => void;
  cancel: (key: string) => void;
  pauseAll: () => void;
  resumeAll: () => void;
  cancelAll: () => void;
  /** Forgets what is done or failed. */
  clear: () => void;
};

const AT_ONCE = 3;
const AGAIN_MS = 8000;
type Engine = { chosen: Chosen; handle?: Handle; rate?: Rate };

/** The queue of uploads; it lives beside the pages, so that moving about stops nothing. */
export function makeUploads(start: Start, now: () => number = Date.now): UseBoundStore<StoreApi<Uploads>> {
  const engines = new Map<string, Engine>();
  return create<Uploads>((set, get) => {
    const item = (key: string) => get().items.find((one) => one.key === key);
    const patch = (key: string, change: Partial<Item>) =>
      set({ items: get().items.map((one) => (one.key === key ? { ...one, ...change } : one)) });
    const drop = (key: string) => {
      engines.delete(key);
      set({ items: get().items.filter((one) => one.key !== key) });
    };

    const begin = (key: string, engine: Engine) => {
      engine.rate = undefined; // what an earlier visit sent does not count
      patch(key, { state: "going", problem: "", rate: 0 });
      if (engine.handle) engine.handle.resume();
      else engine.handle = start(engine.chosen, hooks(key, engine));
    };
    const advance = () => {
      let free = AT_ONCE - get().items.filter((one) => one.state === "going").length;
      for (const { key } of get().items.filter((one) => one.state === "waiting")) {
        const engine = engines.get(key);
        if (free-- > 0 && engine) begin(key, engine);
      }
    };
    const hooks = (key: string, engine: Engine) => ({
      onProgress: (sent: number) => {
        const before = engine.rate;
        engine.rate = before ? nextRate(before, sent, now()) : startRate(sent, now());
        if (engine.rate !== before) patch(key, { sent, rate: engine.rate.rate });
      },
      onDone: () => {
        patch(key, { state: "done", sent: engine.chosen.file.size, rate: 0 });
        advance();
      },
      onFailed: (problem: string, lost: boolean) => {
        patch(key, { state: lost ? "lost" : "failed", problem, rate: 0 });
        if (lost) setTimeout(() => item(key)?.state === "lost" && resume(key), AGAIN_MS);
        advance();
      },
    });

    const pause = (key: string) => {
      const state = item(key)?.state;
      if (state === "going") engines.get(key)?.handle?.pause();
      if (state === "going" || state === "waiting" || state === "lost") patch(key, { state: "paused", rate: 0 });
      advance();
    };
    const resume = (key: string) => {
      const state = item(key)?.state;
      if (state === "paused" || state === "lost" || state === "failed") patch(key, { state: "waiting", problem: "" });
      advance();
    };
    const cancel = (key: string) => {
      if (item(key)?.state !== "done") engines.get(key)?.handle?.cancel();
      drop(key);
      advance();
    };
    const keys = (...states: UploadState[]) =>
      get()
        .items.filter((one) => states.includes(one.state))
        .map((one) => one.key);
    return {
      items: [],
      add: (all) => {
        const fresh = all.map((chosen) => ({ key: keyOf(chosen), chosen })).filter(isNew(engines, get));
        for (const { key, chosen } of fresh) engines.set(key, { chosen });
        const keep = get().items.filter((one) => !fresh.some(({ key }) => key === one.key));
        set({ items: [...keep, ...fresh.map(({ key, chosen }) => waiting(key, chosen))] });
        advance();
      },
      pause,
      resume,
      cancel,
      // The waiting ones first: otherwise they would take the place of those that stop.
      pauseAll: () => [...keys("waiting"), ...keys("going", "lost")].forEach(pause),
      resumeAll: () => keys("paused", "lost").forEach(resume),
      cancelAll: () => [...keys("waiting"), ...keys("going", "paused", "lost", "failed")].forEach(cancel),
      clear: () => keys("done", "failed").forEach(drop),
    };
  });
}

function waiting(key: string, { file, folder, dataset }: Chosen): Item {
  const told = { name: file.name, folder, dataset: dataset !== undefined, size: file.size };
  return { key, ...told, sent: 0, rate: 0, state: "waiting", problem: "" };
}

/** The same file again is the same upload. */
function keyOf({ file, folder, dataset }: Chosen): string {
  return [dataset === undefined ? "video" : "data set", folder, file.name, file.size, file.lastModified].join("\n");
}

/** Files that are under way already are not taken twice; those that are done or failed may come again. */
function isNew(engines: Map<string, Engine>, get: () => Uploads) {
  const seen = new Set<string>();
  return ({ key }: { key: string }) => {
    if (seen.has(key)) return false;
    seen.add(key);
    const state = get().items.find((one) => one.key === key)?.state;
    return !engines.has(key) || state === "done" || state === "failed";
  };
}

export const useUploads = makeUploads(startTus);

window.addEventListener("online", () => {
  const { items, resume } = useUploads.getState();
  for (const one of items) if (one.state === "lost") resume(one.key);
});

// Leaving would stop what is under way: the browser asks first.
window.addEventListener("beforeunload", (event) => {
  if (useUploads.getState().items.some((one) => one.state === "going")) event.preventDefault();
});
