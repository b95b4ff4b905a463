/** What the pages of models ask the server for. */

import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, must, type Shape } from "../api/client";
import { notifyDone, notifyProblem } from "../shared/problems";

export type Model = Shape<"ModelShape">;
export type ModelFull = Shape<"ModelFull">;
export type Pull = Shape<"Pull">;

const POLL_MS = 500;

export function modelsQuery() {
  return queryOptions({ queryKey: ["models"], queryFn: () => must(api.GET("/api/models")) });
}

export function modelQuery(name: string) {
  return queryOptions({
    queryKey: ["model", name],
    queryFn: () => must(api.GET("/api/models/{name}", { params: { path: { name } } })),
  });
}

/** A model on its way: begin it, and watch it until it is here. */
export function usePull(name: string, watched: boolean, onDone: () => void) {
  const client = useQueryClient();
  const key = ["pull", name];
  const path = { path: { name } };
  const progress = useQuery({
    queryKey: key,
    queryFn: () => must(api.GET("/api/models/{name}/pull", { params: path })),
    enabled: watched && name !== "",
    staleTime: 0,
    refetchInterval: (answer) => (answer.state.data?.state === "running" ? POLL_MS : false),
  });
  const begin = useMutation({
    mutationFn: (licence: string) => must(api.POST("/api/models/{name}/pull", { params: path, body: { licence } })),
    onSuccess: (pull) => client.setQueryData(key, pull),
  });
  const state = progress.data?.state;
  const begun = begin.isSuccess || state === "running";
  useEffect(() => {
    if (state !== "done" || !begun) return;
    void client.invalidateQueries({ queryKey: ["models"] });
    void client.invalidateQueries({ queryKey: ["model", name] });
    begin.reset();
    notifyDone(`${name} is installed.`);
    onDone();
  }, [state, begun, name, client, begin.reset, onDone]);
  return { pull: progress.data, begin };
}

export function useRemoveModel(name: string, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => must(api.DELETE("/api/models/{name}", { params: { path: { name } } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["models"] });
      void client.invalidateQueries({ queryKey: ["model", name] });
      client.removeQueries({ queryKey: ["pull", name] });
      notifyDone(`${name} is removed.`);
      onDone();
    },
    onError: notifyProblem,
  });
}
