/** What the channels' tab asks the server for, and what it tells it. */

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, must } from "../../api/client";
import { notifyProblem } from "../../shared/problems";
import type { NewChannel } from "./kinds";

export function channelsQuery() {
  return queryOptions({
    queryKey: ["alarm-channels"],
    queryFn: () => must(api.GET("/api/alarm-channels")),
    refetchInterval: 10_000,
  });
}

function useRefresh() {
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: ["alarm-channels"] });
}

export function useAddChannel() {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: (body: NewChannel) => must(api.POST("/api/alarm-channels", { body })),
    onSuccess,
  });
}

/** Test, switch on or off, remove. */
export function useChannelActs(id: string) {
  const refresh = useRefresh();
  const path = { params: { path: { channel_id: id } } };
  const settled = { onSettled: refresh, onError: notifyProblem };
  const test = useMutation({
    mutationFn: () => must(api.POST("/api/alarm-channels/{channel_id}/test", path)),
    ...settled,
  });
  const change = useMutation({
    mutationFn: (active: boolean) => must(api.PATCH("/api/alarm-channels/{channel_id}", { ...path, body: { active } })),
    ...settled,
  });
  const remove = useMutation({
    mutationFn: () => must(api.DELETE("/api/alarm-channels/{channel_id}", path)),
    ...settled,
  });
  return { test, change, remove };
}
