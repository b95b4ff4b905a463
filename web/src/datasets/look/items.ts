/** Items by their place in the grid, fetched in pieces as they come into sight. */

import { type QueryClient, useQueries, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, must } from "../../api/client";
import type { Items } from "../types";
import type { Filters } from "./filters";

/** One item as the grid shows it. */
export type Cell = {
  row: number;
  name: string;
  label: string;
  split: string;
  boxes: number;
  suspicion: number;
  width: number;
  height: number;
};
export type Source = {
  /** How many match; null before the first answer. */
  total: number | null;
  at: (index: number) => Cell | null;
  error: Error | null;
  retry: () => void;
};

/** Items of one request. */
export const PIECE = 200;

/** The pieces that hold the items from `from` to before `to`. */
export function piecesOf(from: number, to: number): number[] {
  const first = Math.floor(Math.max(0, from) / PIECE);
  const last = Math.max(first, Math.ceil(to / PIECE) - 1);
  return Array.from({ length: last - first + 1 }, (_, place) => first + place);
}

export function cellOf(items: Items, place: number): Cell | null {
  const row = items.rows[place];
  if (row === undefined) return null;
  return {
    row,
    name: items.names[place] ?? "",
    label: items.labels[place] ?? "",
    split: items.splits[place] ?? "",
    boxes: items.boxes[place] ?? 0,
    suspicion: items.suspicion[place] ?? 0,
    width: items.widths[place] ?? 0,
    height: items.heights[place] ?? 0,
  };
}

function pieceQuery(id: string, version: string, filters: Filters, piece: number) {
  return {
    queryKey: ["dataset-items", id, version, filters, piece],
    // The signal ends a request that nobody waits for any more: who scrolls on is not kept waiting by what was passed.
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      must(
        api.GET("/api/datasets/{dataset_id}/items", {
          params: { path: { dataset_id: id }, query: { ...wanted(filters), offset: piece * PIECE, limit: PIECE } },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 120_000,
  };
}

export function wanted({ label, split, group, check, q, order, area }: Filters) {
  const or = <T>(value: T | null) => value ?? undefined;
  return {
    label: or(label),
    split: or(split),
    group: or(group),
    check: check || undefined,
    q: q || undefined,
    area: area || undefined,
    order,
  };
}

/** The items of a view; `from` to `to` are in sight. The first piece is always asked for: it tells how many there are. */
export function useItems(
  { id, readable }: { id: string; readable: boolean },
  version: string,
  filters: Filters,
  from: number,
  to: number,
): Source {
  const client = useQueryClient();
  const pieces = useMemo(() => [...new Set([0, ...piecesOf(from, to)])], [from, to]);
  const answers = useQueries({
    queries: pieces.map((piece) => ({ ...pieceQuery(id, version, filters, piece), enabled: readable })),
  });
  const failed = answers.find((answer) => answer.isError);
  const total = answers[0]?.data?.total ?? null;
  const get = (piece: number) => client.getQueryData<Items>(["dataset-items", id, version, filters, piece]);
  return {
    total,
    at: (index) => {
      const items = get(Math.floor(index / PIECE));
      return items ? cellOf(items, index % PIECE) : null;
    },
    error: failed?.error ?? null,
    retry: () => {
      for (const answer of answers) if (answer.isError) void answer.refetch();
    },
  };
}

/** Items from a place to before another, fetched where they are not known yet. */
export async function cellsBetween(
  client: QueryClient,
  id: string,
  version: string,
  filters: Filters,
  from: number,
  to: number,
): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const piece of piecesOf(from, to)) {
    const items = await client.fetchQuery(pieceQuery(id, version, filters, piece));
    const first = piece * PIECE;
    for (let index = Math.max(from, first); index < Math.min(to, first + PIECE); index++) {
      const cell = cellOf(items, index - first);
      if (cell) cells.push(cell);
    }
  }
  return cells;
}
