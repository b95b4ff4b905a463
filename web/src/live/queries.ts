/** What the wall asks the server for, and what it tells it. */

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { notifyProblem } from "../shared/problems";
import type { Camera, NewCamera } from "./types";

// Health moves all the time and is no news: it is asked for.
const CAMERAS_MS = 2000;
const HEALTH_MS = 2000;

export function camerasQuery() {
  return queryOptions({
    queryKey: ["live", "cameras"],
    queryFn: () => must(api.GET("/api/live/cameras")),
    refetchInterval: CAMERAS_MS,
  });
}

export function healthQuery() {
  return queryOptions({
    queryKey: ["live", "health"],
    queryFn: () => must(api.GET("/api/live/health")),
    refetchInterval: HEALTH_MS,
  });
}

/** The address of a camera's newest picture, at most `width` pixels wide; empty if it has none. */
export function pictureOf(camera: Pick<Camera, "picture">, boxes: boolean, width: number): string {
  return camera.picture && `${camera.picture}?boxes=${boxes}&width=${width}`;
}

export function useAddCamera() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewCamera) => must(api.POST("/api/live/cameras", { body })),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["live"] }),
  });
}

/** Pause, resume, remove. */
export function useCameraActs(name: string) {
  const client = useQueryClient();
  const params = { path: { name } };
  const done = {
    onSuccess: () => void client.invalidateQueries({ queryKey: ["live"] }),
    onError: notifyProblem,
  };
  const pause = useMutation({
    mutationFn: () => must(api.POST("/api/live/cameras/{name}/pause", { params })),
    ...done,
  });
  const resume = useMutation({
    mutationFn: () => must(api.POST("/api/live/cameras/{name}/resume", { params })),
    ...done,
  });
  const remove = useMutation({
    mutationFn: () => must(api.DELETE("/api/live/cameras/{name}", { params })),
    ...done,
  });
  return { pause, resume, remove };
}
