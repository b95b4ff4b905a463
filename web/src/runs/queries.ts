/** What the pages of runs ask the server for, and what they tell it. */

import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, must, type Shape } from "../api/client";
import { notifyProblem } from "../shared/problems";
import { live } from "./states";

export type Run = Shape<"RunShape">;
export type RunFull = Shape<"RunFull">;
export type RunVideo = Shape<"RunVideoShape">;
export type NewRun = Shape<"NewRun">;
export type RunFilters = { q: string; state: Run["state"] | ""; pipeline?: string; video?: string };

const PAGE = 50;
// News tells at once; these only stand in when it does not come through.
const WHILE_LIVE_MS = 4000;

export function runsQuery({ q, state, pipeline, video }: RunFilters) {
  const query = { limit: PAGE, q: q || undefined, state: state || undefined, pipeline, video };
  return infiniteQueryOptions({
    queryKey: ["runs", { q, state, pipeline, video }],
    queryFn: ({ pageParam }) => must(api.GET("/api/runs", { params: { query: { ...query, cursor: pageParam } } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    refetchInterval: (answer) =>
      answer.state.data?.pages.some((page) => page.items.some((run) => live(run.state))) ? 2 * WHILE_LIVE_MS : false,
  });
}

export function runQuery(id: string) {
  return queryOptions({
    queryKey: ["run", id],
    queryFn: () => must(api.GET("/api/runs/{run_id}", { params: { path: { run_id: id } } })),
    refetchInterval: (answer) => (answer.state.data && live(answer.state.data.state) ? WHILE_LIVE_MS : false),
  });
}

export function queueQuery() {
  return queryOptions({
    queryKey: ["queue"],
    queryFn: () => must(api.GET("/api/queue")),
    refetchInterval: 10_000,
  });
}

export function useBegin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewRun) => must(api.POST("/api/runs", { body })),
    onSuccess: (run) => {
      client.setQueryData(["run", run.id], run);
      void client.invalidateQueries({ queryKey: ["runs"] });
    },
  });
}

/** Cancel, retry, rename, give priority: each answers with the run as it is then. */
export function useRunActs(id: string) {
  const client = useQueryClient();
  const path = { path: { run_id: id } };
  const done = {
    onSuccess: (run: RunFull) => {
      client.setQueryData(["run", id], run);
      void client.invalidateQueries({ queryKey: ["runs"] });
    },
    onError: notifyProblem,
  };
  const cancel = useMutation({
    mutationFn: () => must(api.POST("/api/runs/{run_id}/cancel", { params: path })),
    ...done,
  });
  const retry = useMutation({
    mutationFn: () => must(api.POST("/api/runs/{run_id}/retry", { params: path })),
    ...done,
  });
  const change = useMutation({
    mutationFn: (body: Shape<"RunChange">) => must(api.PATCH("/api/runs/{run_id}", { params: path, body })),
    ...done,
  });
  const remove = useMutation({
    mutationFn: () => must(api.DELETE("/api/runs/{run_id}", { params: path })),
    onSuccess: () => {
      client.removeQueries({ queryKey: ["run", id] });
      void client.invalidateQueries({ queryKey: ["runs"] });
    },
    onError: notifyProblem,
  });
  return { cancel, retry, change, remove };
}
