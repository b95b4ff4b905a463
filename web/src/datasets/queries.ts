import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, must, type Shape } from "../api/client";
import { counted } from "../shared/format";
import { notifyDone, notifyProblem } from "../shared/problems";
import type { Dataset } from "./types";
import { isWorking } from "./words";

// While a data set is worked on, news come by the event stream; this is for when they do not.
const LOOK_AGAIN_MS = 2500;

/** Changes whenever what is known of a data set's items changes; answers that hold one never grow old by themselves. */
export function editionOf({ version, checked }: Pick<Dataset, "version" | "checked">): string {
  return `${version ?? ""} ${checked ?? ""}`;
}

export function useDatasets() {
  return useQuery({
    queryKey: ["datasets"],
    queryFn: () => must(api.GET("/api/datasets", { params: { query: { limit: 200 } } })),
    refetchInterval: ({ state }) => (state.data?.items.some(isWorking) ? LOOK_AGAIN_MS : false),
  });
}

export function useDataset(id: string) {
  return useQuery({
    queryKey: ["dataset", id],
    queryFn: () => must(api.GET("/api/datasets/{dataset_id}", { params: { path: { dataset_id: id } } })),
    refetchInterval: ({ state }) => (state.data && isWorking(state.data) ? LOOK_AGAIN_MS : false),
  });
}

export function usePlaces(enabled = true) {
  return useQuery({ queryKey: ["dataset-places"], queryFn: () => must(api.GET("/api/datasets/places")), enabled });
}

/** What the grid can be filtered by; a new version of the data set has its own. */
export function useFacets(id: string, version: string, enabled = true) {
  return useQuery({
    queryKey: ["dataset-facets", id, version],
    queryFn: () => must(api.GET("/api/datasets/{dataset_id}/facets", { params: { path: { dataset_id: id } } })),
    staleTime: 60_000,
    enabled,
  });
}

export function useItem(id: string, version: string, row: number | null) {
  return useQuery({
    queryKey: ["dataset-item", id, version, row],
    queryFn: () =>
      must(api.GET("/api/datasets/{dataset_id}/items/{row}", { params: { path: { dataset_id: id, row: row ?? 0 } } })),
    enabled: row !== null,
    staleTime: 60_000,
  });
}

export function useHealth(id: string, checked: string | null | undefined) {
  return useQuery({
    queryKey: ["dataset-health", id, checked],
    queryFn: () => must(api.GET("/api/datasets/{dataset_id}/health", { params: { path: { dataset_id: id } } })),
    enabled: !!checked,
    staleTime: 60_000,
  });
}

export function useChecks() {
  return useQuery({
    queryKey: ["dataset-checks"],
    queryFn: () => must(api.GET("/api/datasets/checks")),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useMapPoints(id: string, version: string, enabled: boolean) {
  return useQuery({
    queryKey: ["dataset-map", id, version],
    queryFn: () => must(api.GET("/api/datasets/{dataset_id}/map", { params: { path: { dataset_id: id } } })),
    staleTime: Number.POSITIVE_INFINITY,
    enabled,
  });
}

/** Asks again for all that shows data sets. */
export function useRefreshDatasets() {
  const client = useQueryClient();
  return () =>
    Promise.all(["datasets", "dataset", "dataset-places"].map((key) => client.invalidateQueries({ queryKey: [key] })));
}

export function useAddDataset() {
  const refresh = useRefreshDatasets();
  return useMutation({
    mutationFn: (body: Shape<"DatasetNew">) => must(api.POST("/api/datasets", { body })),
    onSettled: refresh,
  });
}

export function useDeleteDataset() {
  const refresh = useRefreshDatasets();
  return useMutation({
    mutationFn: (id: string) =>
      must(api.DELETE("/api/datasets/{dataset_id}", { params: { path: { dataset_id: id } } })),
    onError: notifyProblem,
    onSettled: refresh,
  });
}

export function useCheckDataset() {
  const refresh = useRefreshDatasets();
  return useMutation({
    mutationFn: ({ id, only }: { id: string; only: string[] }) =>
      must(
        api.POST("/api/datasets/{dataset_id}/check", {
          params: { path: { dataset_id: id } },
          body: { only, features: "" },
        }),
      ),
    onError: notifyProblem,
    onSettled: refresh,
  });
}

/** How many pictures the server takes at once. */
const AT_ONCE = 1000;

/** Puts pictures into the relabel queue. `again`: also those that were decided. */
export function usePutIntoQueue({ id, version }: Pick<Dataset, "id" | "version">) {
  const client = useQueryClient();
  const refresh = useRefreshDatasets();
  return useMutation({
    mutationFn: async ({ rows, again = false }: { rows: number[]; again?: boolean }) => {
      const sum = { waiting: 0, decided: 0, absent: 0 };
      for (let first = 0; first < rows.length; first += AT_ONCE) {
        const body = { rows: rows.slice(first, first + AT_ONCE), version: version ?? "", again };
        const path = { dataset_id: id };
        const told = await must(api.POST("/api/datasets/{dataset_id}/queue/by-hand", { params: { path }, body }));
        for (const key of ["waiting", "decided", "absent"] as const) sum[key] += told[key];
      }
      return sum;
    },
    onSuccess: ({ waiting, absent }) => {
      const gone = absent ? ` ${counted(absent, "file")} could not be found.` : "";
      notifyDone(`${counted(waiting, "picture")} in the queue, before all others.${gone}`);
    },
    onError: notifyProblem,
    onSettled: () => Promise.all([refresh(), client.invalidateQueries({ queryKey: ["dataset-item", id] })]),
  });
}

export function useStopDataset() {
  const refresh = useRefreshDatasets();
  return useMutation({
    mutationFn: (id: string) =>
      must(api.POST("/api/datasets/{dataset_id}/stop", { params: { path: { dataset_id: id } } })),
    onError: notifyProblem,
    onSettled: refresh,
  });
}
