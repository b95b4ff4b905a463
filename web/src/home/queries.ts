import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";

export function useRecentVideos() {
  return useQuery({
    queryKey: ["videos", { limit: 4 }],
    queryFn: () => must(api.GET("/api/videos", { params: { query: { limit: 4 } } })),
  });
}

export function useRecentRuns() {
  return useQuery({
    queryKey: ["runs", { limit: 6 }],
    queryFn: () => must(api.GET("/api/runs", { params: { query: { limit: 6 } } })),
  });
}

export function usePipelineCount() {
  return useQuery({
    queryKey: ["pipelines", { limit: 1 }],
    queryFn: () => must(api.GET("/api/pipelines", { params: { query: { limit: 1 } } })),
    select: (page) => page.total,
  });
}

export function useTemplates() {
  return useQuery({
    queryKey: ["templates"],
    queryFn: () => must(api.GET("/api/templates")),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The first video of a run, with its thumbnail. */
export function useRunPicture(run: string) {
  const full = useQuery({
    queryKey: ["run", run],
    queryFn: () => must(api.GET("/api/runs/{run_id}", { params: { path: { run_id: run } } })),
  });
  const first = full.data?.items[0];
  return first ? first.live || `/api/videos/${first.video_id}/thumbnail` : "";
}
