/** What people call the cameras, by name; names stand for themselves while no engine runs. */

import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { camerasQuery, healthQuery } from "./queries";

// Titles hardly ever change: pages that only show them do not ask again and again.
const SELDOM = { refetchInterval: false, staleTime: 60_000 } as const;

export function useTitles(): (name: string) => string {
  const running = useQuery({ ...healthQuery(), ...SELDOM }).data?.running ?? false;
  const cameras = useQuery({ ...camerasQuery(), ...SELDOM, enabled: running }).data;
  const titles = useMemo(() => new Map(cameras?.map(({ name, title }) => [name, title])), [cameras]);
  return useCallback((name: string) => titles.get(name) || name, [titles]);
}
