import type { Graph } from "../model/graph";
import { isDirty, useEditor } from "./store";

/** What was not saved yet, kept in the browser: a crash or a closed window loses nothing. */
export interface Draft {
  graph: Graph;
  /** The version that it was made from. */
  base: number | null;
  at: string;
}

const WAIT_MS = 400;
const key = (name: string): string => `trackside-draft:${name}`;

export function readDraft(name: string): Draft | undefined {
  try {
    const draft = JSON.parse(localStorage.getItem(key(name)) ?? "null") as Draft | null;
    return draft?.graph?.blocks && typeof draft.graph.blocks === "object" ? draft : undefined;
  } catch {
    return undefined;
  }
}

export function dropDraft(name: string): void {
  localStorage.removeItem(key(name));
}

export function writeDraft(name: string, draft: Draft): void {
  try {
    localStorage.setItem(key(name), JSON.stringify(draft));
  } catch {
    // The browser's store is full or forbidden: the pipeline itself is still here, and leaving warns.
  }
}

/** Keep the draft as the pipeline changes, under this name until it has an id. Returns how to stop; what waits is written then. */
export function startDrafting(name: string): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = () => {
    clearTimeout(timer);
    timer = undefined;
    const state = useEditor.getState();
    const mine = state.saved.id ?? name;
    if (isDirty(state))
      writeDraft(mine, { graph: state.graph, base: state.saved.version, at: new Date().toISOString() });
    else dropDraft(mine);
  };
  const keepNow = () => {
    if (timer !== undefined) keep();
  };
  const stop = useEditor.subscribe((now, before) => {
    if (now.graph === before.graph && now.saved === before.saved) return;
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT_MS);
  });
  window.addEventListener("pagehide", keepNow);
  return () => {
    stop();
    keepNow();
    window.removeEventListener("pagehide", keepNow);
  };
}
