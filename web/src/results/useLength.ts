/** How long a result's video is, when the source that would tell is gone: the file itself says. */

import { useEffect, useState } from "react";
import type { Result } from "./queries";

/** Seconds; 0 if nothing tells it, null while unknown. */
export function useLength(result: Pick<Result, "seconds" | "video">): number | null {
  const [length, setLength] = useState<number | null>(result.seconds ?? (result.video ? null : 0));
  useEffect(() => {
    if (result.seconds !== null || !result.video) return;
    const video = document.createElement("video");
    video.preload = "metadata";
    video.onloadedmetadata = () => setLength(Number.isFinite(video.duration) ? video.duration : 0);
    video.onerror = () => setLength(0);
    video.src = result.video;
    return () => video.removeAttribute("src");
  }, [result]);
  return length;
}
