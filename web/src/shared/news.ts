import { type QueryClient, type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

export type Message = { topic: string; id: string };

/** What is out of date after a message; null for everything. */
export function keysOf({ topic, id }: Message): QueryKey[] | null {
  if (topic === "run") return [["runs"], ["run", id], ["queue"]];
  if (topic === "video") return [["videos"], ["video", id], ["folders"]];
  if (topic === "preview") return [["preview", id]];
  if (topic === "model") return [["models"], ["model", id]];
  if (topic === "dataset") return [["datasets"], ["dataset", id]];
  if (topic === "live") return [["live"]];
  if (topic === "alarm") return [["alarms"], ["alarm", id], ["live", "cameras"]];
  if (topic === "all") return null;
  return [];
}

// Many videos of one run report at once: what they make stale is asked for once.
const GATHER_MS = 250;
const AGAIN_MS = 4000;

/** Listens to the server's news and makes stale answers be asked for again; tells when the line is lost and when it is back.
 * Returns how to stop. */
export function listen(
  client: QueryClient,
  open = () => new EventSource("/api/events"),
  tell: (lost: boolean) => void = () => undefined,
): () => void {
  let source: EventSource | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let lost = false;
  let stale = new Map<string, QueryKey>();

  const flush = () => {
    const keys = [...stale.values()];
    stale = new Map();
    gathering = undefined;
    for (const queryKey of keys) client.invalidateQueries({ queryKey });
  };
  const hear = (event: MessageEvent) => {
    const message = parse(event.data);
    if (!message) return;
    const keys = keysOf(message);
    if (!keys) return void client.invalidateQueries();
    for (const key of keys) stale.set(JSON.stringify(key), key);
    gathering ??= setTimeout(flush, GATHER_MS);
  };
  const connect = () => {
    source = open();
    source.onmessage = hear;
    source.onopen = () => {
      // What was said while nobody listened is unknown.
      if (lost) client.invalidateQueries();
      lost = false;
      tell(false);
    };
    source.onerror = () => {
      lost = true;
      tell(true);
      if (source?.readyState !== 2) return; // it tries again by itself
      source.close();
      again = setTimeout(connect, AGAIN_MS);
    };
  };
  connect();
  return () => {
    clearTimeout(again);
    clearTimeout(gathering);
    source?.close();
  };
}

function parse(data: unknown): Message | null {
  try {
    const message = JSON.parse(String(data)) as Partial<Message>;
    return typeof message.topic === "string" ? { topic: message.topic, id: String(message.id ?? "") } : null;
  } catch {
    return null;
  }
}

/** Keeps what the page shows fresh; called once, by the frame. Whether the server is out of reach at the moment. */
export function useNews(): boolean {
  const client = useQueryClient();
  const [lost, setLost] = useState(false);
  useEffect(() => {
    if (typeof EventSource !== "undefined") return listen(client, undefined, setLost);
  }, [client]);
  return lost;
}
