import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { api, must, type Shape } from "../../api/client";

export type Video = Shape<"VideoShape">;

/** The video that is tried and drawn on; remembered. Without a choice it is the newest that is ready. */
export function useChosenVideo(): [Video | null, (video: Video) => void] {
  const [id, setId] = useLocalStorage({
    key: "trackside-editor-video",
    defaultValue: "",
    getInitialValueInEffect: false,
  });
  const chosen = useQuery({
    queryKey: ["video", id],
    queryFn: () => must(api.GET("/api/videos/{video_id}", { params: { path: { video_id: id } } })),
    enabled: id !== "",
    retry: false,
  });
  const newest = useQuery({
    queryKey: ["videos", { state: "ready", limit: 1 }],
    queryFn: () => must(api.GET("/api/videos", { params: { query: { state: "ready", limit: 1 } } })),
    enabled: id === "" || chosen.isError,
  });
  const known = chosen.data?.state === "ready" ? chosen.data : undefined;
  return [known ?? newest.data?.items[0] ?? null, (video) => setId(video.id)];
}
