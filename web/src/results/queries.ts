/** What the pages of results ask the server for. */

import { queryOptions } from "@tanstack/react-query";
import { api, must, type Shape } from "../api/client";

export type Result = Shape<"ResultShape">;
export type EventRow = Shape<"EventShape">;
export type PlotAnswer = Shape<"PlotShape">;
export type TablePage = Shape<"TablePage">;

// Results do not change once they are there.
const FOREVER = { staleTime: Number.POSITIVE_INFINITY };
export const EVENTS_AT_ONCE = 200;

export function resultQuery(id: string) {
  const ask = () => must(api.GET("/api/results/{run_video_id}", { params: { path: { run_video_id: id } } }));
  return queryOptions({ queryKey: ["result", id], queryFn: ask, staleTime: 60_000 });
}

export function plotsQuery(id: string) {
  const ask = () => must(api.GET("/api/results/{run_video_id}/plots", { params: { path: { run_video_id: id } } }));
  return queryOptions({ queryKey: ["result", id, "plots"], queryFn: ask, ...FOREVER });
}

export type TableAsk = {
  name: string;
  offset: number;
  limit: number;
  sort: string;
  order: "up" | "down";
  q: string;
  from?: number;
  to?: number;
};

export function askTable(id: string, { name, from, to, ...query }: TableAsk): Promise<TablePage> {
  const params = { path: { run_video_id: id, name }, query: { ...query, time_from: from, time_to: to } };
  return must(api.GET("/api/results/{run_video_id}/tables/{name}", { params }));
}

export function tableQuery(id: string, ask: TableAsk) {
  return queryOptions({ queryKey: ["result", id, "table", ask], queryFn: () => askTable(id, ask), ...FOREVER });
}

export function askEvents(id: string, offset: number): Promise<EventRow[]> {
  const params = { path: { run_video_id: id }, query: { offset, limit: EVENTS_AT_ONCE } };
  return must(api.GET("/api/results/{run_video_id}/events", { params }));
}
