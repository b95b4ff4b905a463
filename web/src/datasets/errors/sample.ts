import { useQuery } from "@tanstack/react-query";
import { api, must } from "../../api/client";
import type { Dataset } from "../types";

/** Some items of a data set, drawn at random but always the same. */
export function useSample({ id, version, readable }: Dataset, limit: number) {
  return useQuery({
    queryKey: ["dataset-sample", id, version, limit],
    queryFn: () =>
      must(
        api.GET("/api/datasets/{dataset_id}/items", {
          params: { path: { dataset_id: id }, query: { order: "random", limit } },
        }),
      ),
    enabled: readable,
    staleTime: Number.POSITIVE_INFINITY,
  }).data;
}
