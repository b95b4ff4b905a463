/** Lists of events: their kinds, and which is the newest at a moment. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { askEvents, EVENTS_AT_ONCE, type EventRow } from "./queries";

// Beyond this, the table of events is the better place: it searches and pages on the server.
const MOST = 2000;
// Rows that are drawn above and below what is seen.
const AROUND = 8;

/** Kinds with their counts, the most frequent first. */
export function kindsOf(events: readonly Pick<EventRow, "kind">[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { kind } of events) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1] || one[0].localeCompare(other[0]));
}

/** Number of the last event that is not after a time; -1 before the first. Events are in order of time. */
export function latest(events: readonly Pick<EventRow, "time_s">[], time: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    // A frame's own time is a little beside the video's: half a hundredth is the same moment.
    if ((events[middle]?.time_s ?? 0) <= time + 0.005) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The first and the last but one row that a list scrolled to `top` shows, with some around them for quick scrolling. */
export function inSight(top: number, height: number, row: number, count: number): [number, number] {
  const first = Math.floor(top / row) - AROUND;
  const last = Math.ceil((top + height) / row) + AROUND;
  return [Math.max(0, Math.min(first, count)), Math.max(0, Math.min(last, count))];
}

/** The events of a result, page after page by itself. */
export function useEvents(id: string, total: number): { events: EventRow[]; loading: boolean } {
  const answer = useInfiniteQuery({
    queryKey: ["result", id, "events"],
    queryFn: ({ pageParam }) => askEvents(id, pageParam),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const there = (pages.length - 1) * EVENTS_AT_ONCE + last.length;
      return last.length === EVENTS_AT_ONCE && there < MOST ? there : undefined;
    },
    enabled: total > 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { hasNextPage, isFetching, isError, fetchNextPage } = answer;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const events = useMemo(() => answer.data?.pages.flat() ?? [], [answer.data]);
  return { events, loading: total > 0 && answer.isPending };
}
