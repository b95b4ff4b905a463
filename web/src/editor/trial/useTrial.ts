import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, must } from "../../api/client";
import { notifyProblem } from "../../shared/problems";
import { setPreview, useEditor } from "../state/store";
import type { Video } from "./chosenVideo";

const POLL_MS = 300;
export const TRY_SECONDS = 5;

const isOver = (state: string | undefined): boolean => state === "done" || state === "failed" || state === "cancelled";

const forget = (id: string) =>
  api.DELETE("/api/previews/{preview_id}", { params: { path: { preview_id: id } } }).catch(() => undefined);

/** Trying the pipeline: begin, what has come so far, a moment to look at, stop. */
export function useTrial() {
  const [id, setId] = useState("");
  const [time, setTime] = useState<number | null>(null);
  const begin = useMutation({
    mutationFn: ({ video, start }: { video: Video; start: number }) => {
      const { graph } = useEditor.getState();
      return must(api.POST("/api/previews", { body: { graph, video: video.id, start, seconds: TRY_SECONDS } }));
    },
    onSuccess: (preview) => {
      if (id) forget(id);
      setTime(null);
      setId(preview.id);
      setPreview(preview);
    },
    onError: notifyProblem,
  });
  const polled = useQuery({
    queryKey: ["preview", id, time],
    queryFn: () =>
      must(
        api.GET("/api/previews/{preview_id}", {
          params: { path: { preview_id: id }, query: time === null ? {} : { time } },
        }),
      ),
    enabled: id !== "",
    refetchInterval: ({ state }) => (isOver(state.data?.state) || state.error ? false : POLL_MS),
    placeholderData: (before) => before,
  });
  useEffect(() => {
    if (polled.data && id) setPreview(polled.data);
  }, [polled.data, id]);
  useEffect(() => {
    if (id) return () => void forget(id);
  }, [id]);
  const stop = () => {
    setId("");
    setPreview(null);
  };
  const running = begin.isPending || (id !== "" && !isOver(polled.data?.state) && !polled.isError);
  return { begin, running, stop, time, setTime, error: polled.error, id };
}

export type Trial = ReturnType<typeof useTrial>;
