import { useEffect } from "react";

/** Names the document: `Videos · Trackside`. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Trackside` : "Trackside";
  }, [title]);
}
