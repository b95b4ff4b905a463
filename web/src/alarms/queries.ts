/** What the pages of alarms ask the server for, and what they tell it. */

import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { notifyProblem } from "../shared/problems";
import type { AlarmFull, AlarmState, Snooze } from "./types";

export type AlarmFilters = {
  state: AlarmState | "";
  camera: string;
  rule: string;
  /** Days of today backwards; 0 for all. */
  days: number;
};

const PAGE = 50;
// News tells at once; this only stands in when it does not come through.
const STAND_IN_MS = 30_000;

export function alarmsQuery({ state, camera, rule, days }: AlarmFilters, limit = PAGE) {
  const filters = { state: state || undefined, camera: camera || undefined, rule: rule || undefined };
  return infiniteQueryOptions({
    queryKey: ["alarms", { state, camera, rule, days, limit }],
    queryFn: ({ pageParam }) => {
      const query = { ...filters, from: firstMoment(days), limit, before: pageParam };
      return must(api.GET("/api/alarms", { params: { query } }));
    },
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    refetchInterval: STAND_IN_MS,
  });
}

/** Midnight, so many days ago, here; 1 is today. */
export function firstMoment(days: number, now: Date = new Date()): string | undefined {
  if (days < 1) return undefined;
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - (days - 1)).toISOString();
}

export function alarmQuery(id: string) {
  return queryOptions({
    queryKey: ["alarm", id],
    queryFn: () => must(api.GET("/api/alarms/{alarm_id}", { params: { path: { alarm_id: id } } })),
    // Its clip comes some seconds after it, and telling it takes its time.
    refetchInterval: ({ state: { data } }) => (data && underWay(data) ? 3000 : false),
  });
}

/** How many alarms are open, for the navigation. */
export function openCountQuery() {
  return queryOptions({
    queryKey: ["alarms", "open"],
    queryFn: async () => (await must(api.GET("/api/alarms", { params: { query: { limit: 1 } } }))).counts.open ?? 0,
    refetchInterval: 2 * STAND_IN_MS,
  });
}

export function summaryQuery(days: number) {
  return queryOptions({
    queryKey: ["alarms", "summary", days],
    queryFn: () => must(api.GET("/api/alarms/summary", { params: { query: { days } } })),
  });
}

export function snoozesQuery() {
  return queryOptions({
    queryKey: ["alarms", "snoozes"],
    queryFn: () => must(api.GET("/api/alarms/snoozes")),
    refetchInterval: 2 * STAND_IN_MS,
  });
}

function underWay(alarm: AlarmFull): boolean {
  return clipMayCome(alarm) || alarm.deliveries.some((one) => one.state === "waiting");
}

// A clip ends up to a minute after the event, and is written then.
const CLIP_MS = 120_000;

/** Whether a clip that is not there may still come. */
export function clipMayCome({ clip, clip_problem, created }: AlarmFull, now = Date.now()): boolean {
  return !clip && !clip_problem && now - Date.parse(created) < CLIP_MS;
}

export function useEndSnooze() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      must(api.DELETE("/api/alarms/snoozes/{snooze_id}", { params: { path: { snooze_id: id } } })),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["alarms"] }),
    onError: notifyProblem,
  });
}

/** Acknowledge, snooze, comment, call false, open again: each answers with the alarm as it is then. */
export function useAlarmActs() {
  const client = useQueryClient();
  const done = {
    onSuccess: (alarm: AlarmFull) => {
      client.setQueryData(["alarm", alarm.id], alarm);
      void client.invalidateQueries({ queryKey: ["alarms"] });
      void client.invalidateQueries({ queryKey: ["live", "cameras"] });
    },
    onError: notifyProblem,
  };
  const acknowledge = useMutation({
    mutationFn: (id: string) => must(api.POST("/api/alarms/{alarm_id}/acknowledge", of(id))),
    ...done,
  });
  const reopen = useMutation({
    mutationFn: (id: string) => must(api.POST("/api/alarms/{alarm_id}/reopen", of(id))),
    ...done,
  });
  const snooze = useMutation({
    mutationFn: ({ id, body }: { id: string; body: Snooze }) =>
      must(api.POST("/api/alarms/{alarm_id}/snooze", { ...of(id), body })),
    ...done,
  });
  const comment = useMutation({
    mutationFn: ({ id, text }: { id: string; text: string }) =>
      must(api.POST("/api/alarms/{alarm_id}/comment", { ...of(id), body: { text } })),
    ...done,
  });
  const callFalse = useMutation({
    mutationFn: ({ id, why }: { id: string; why: string }) =>
      must(api.POST("/api/alarms/{alarm_id}/false-alarm", { ...of(id), body: { why } })),
    ...done,
  });
  return { acknowledge, reopen, snooze, comment, callFalse };
}

function of(id: string) {
  return { params: { path: { alarm_id: id } } };
}

export type AlarmActs = ReturnType<typeof useAlarmActs>;
