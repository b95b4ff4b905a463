/** Where tags that have not arrived are kept: in the browser, a drawer for each page that is open. */

import type { TagBody } from "../types";
import type { Keep } from "./outbox";

const PREFIX = "trackside-tags";

/** The drawer of this page for a study; what a page that is gone has left for the same study is taken over. */
export function keeping(study: string, page: string, dead: (page: string) => boolean, store: Storage): Keep {
  const mine = `${PREFIX}:${study}:${page}`;
  return {
    load: () => {
      const left = keysOf(store, `${PREFIX}:${study}:`).filter(
        (key) => key !== mine && dead(key.split(":").at(-1) ?? ""),
      );
      const bodies = [...left.sort(), mine].flatMap((key) => read(store, key));
      for (const key of left) store.removeItem(key);
      write(store, mine, bodies);
      return bodies;
    },
    save: (bodies) => write(store, mine, bodies),
  };
}

function keysOf(store: Storage, prefix: string): string[] {
  return Array.from({ length: store.length }, (_, at) => store.key(at) ?? "").filter((key) => key.startsWith(prefix));
}

function read(store: Storage, key: string): TagBody[] {
  try {
    const bodies: unknown = JSON.parse(store.getItem(key) ?? "[]");
    return Array.isArray(bodies) ? bodies.filter(isBody) : [];
  } catch {
    return [];
  }
}

function isBody(body: unknown): body is TagBody {
  if (typeof body !== "object" || body === null) return false;
  const { mistake, tags, comment, seen } = body as Partial<TagBody>;
  return typeof mistake === "number" && Array.isArray(tags) && typeof comment === "string" && typeof seen === "boolean";
}

function write(store: Storage, key: string, bodies: TagBody[]): void {
  try {
    if (bodies.length) store.setItem(key, JSON.stringify(bodies));
    else store.removeItem(key);
  } catch {
    // No room, or forbidden: they are still in memory, and sent.
  }
}
