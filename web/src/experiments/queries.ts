/** What the pages of experiments ask the server for. Records of a run that has ended do not change any more. */

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { ApiError, api, must, problemsOf } from "../api/client";
import type { Which } from "./types";

export const ROWS = 50;
const WHILE_RUNNING_MS = 5000;

export type RunsAsk = {
  experiment: string;
  offset: number;
  limit: number;
  order: string;
  descending: boolean;
  value: Which;
  q: string;
  status: string;
};

export function experimentsQuery() {
  return queryOptions({ queryKey: ["experiments"], queryFn: () => must(api.GET("/api/experiments")) });
}

export function runsQuery(ask: RunsAsk) {
  return queryOptions({
    queryKey: ["experiments", "runs", ask],
    queryFn: () => must(api.GET("/api/experiments/runs", { params: { query: ask } })),
    placeholderData: keepPreviousData,
    refetchInterval: (answer) =>
      answer.state.data?.rows.some((row) => row.status === "running") ? 2 * WHILE_RUNNING_MS : false,
  });
}

/** The best run by a metric, of all runs of an experiment. */
export function bestQuery(experiment: string, metric: string, lower: boolean, value: Which) {
  const query = { experiment, limit: 1, order: metric, descending: !lower, value };
  return queryOptions({
    queryKey: ["experiments", "best", query],
    queryFn: () => must(api.GET("/api/experiments/runs", { params: { query } })),
  });
}

export function runQuery(id: string) {
  return queryOptions({
    queryKey: ["experiments", "run", id],
    queryFn: () => must(api.GET("/api/experiments/runs/{run}", { params: { path: { run: id } } })),
    refetchInterval: (answer) => (answer.state.data?.status === "running" ? WHILE_RUNNING_MS : false),
  });
}

export function curvesQuery(id: string, running = false) {
  return queryOptions({
    queryKey: ["experiments", "curves", id],
    queryFn: () => must(api.GET("/api/experiments/runs/{run}/curves", { params: { path: { run: id } } })),
    refetchInterval: running ? WHILE_RUNNING_MS : false,
  });
}

export function compareQuery(runs: string[]) {
  return queryOptions({
    queryKey: ["experiments", "compare", runs],
    queryFn: () => must(api.GET("/api/experiments/compare", { params: { query: { runs } } })),
  });
}

/** A file of a run as text, such as the changes of its code. */
export function textQuery(address: string) {
  const ask = async () => {
    const answer = await fetch(address);
    if (!answer.ok) throw new ApiError(answer.status, await problemsOf(answer));
    return answer.text();
  };
  return queryOptions({ queryKey: ["experiments", "text", address], queryFn: ask });
}

/** The page of parallel coordinates, to be framed or saved. */
export function parallelAddress(experiment: string, download = false): string {
  return `/api/experiments/parallel?experiment=${encodeURIComponent(experiment)}${download ? "&download=true" : ""}`;
}
