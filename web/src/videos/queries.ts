import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, must, type Shape } from "../api/client";
import { notifyProblem } from "../shared/problems";

export type Video = Shape<"VideoShape">;
export type Filters = { q?: string; folder?: string; state?: Video["state"]; order?: "newest" | "name" };

const PAGE = 60;

/** Videos page by page. */
export function useVideos(filters: Filters, enabled = true) {
  return useInfiniteQuery({
    queryKey: ["videos", { ...filters, paged: true }],
    queryFn: ({ pageParam }) => must(api.GET("/api/videos", { params: { query: wanted(filters, pageParam) } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    placeholderData: (before) => before,
    enabled,
  });
}

function wanted(filters: Filters, cursor: string) {
  const { q, folder, state, order } = filters;
  return { limit: PAGE, cursor, q: q || undefined, folder: folder || undefined, state, order };
}

export function useVideo(id: string | null) {
  return useQuery({
    queryKey: ["video", id],
    queryFn: () => must(api.GET("/api/videos/{video_id}", { params: { path: { video_id: id ?? "" } } })),
    enabled: !!id,
  });
}

export function useFolders() {
  return useQuery({ queryKey: ["folders"], queryFn: () => must(api.GET("/api/folders")) });
}

/** Asks again for all that shows videos. */
export function useRefreshVideos() {
  const client = useQueryClient();
  return () =>
    Promise.all(["videos", "video", "folders", "storage"].map((key) => client.invalidateQueries({ queryKey: [key] })));
}

type Change = { ids: string[]; body: Shape<"VideoChange"> };

/** Renames or moves; several one after the other. */
export function useChangeVideos() {
  const refresh = useRefreshVideos();
  return useMutation({
    mutationFn: async ({ ids, body }: Change) => {
      for (const id of ids)
        await must(api.PATCH("/api/videos/{video_id}", { params: { path: { video_id: id } }, body }));
    },
    onSettled: refresh,
  });
}

export function useDeleteVideos() {
  const refresh = useRefreshVideos();
  return useMutation({
    mutationFn: async (ids: string[]) => {
      for (const id of ids) await must(api.DELETE("/api/videos/{video_id}", { params: { path: { video_id: id } } }));
    },
    onError: notifyProblem,
    onSettled: refresh,
  });
}
