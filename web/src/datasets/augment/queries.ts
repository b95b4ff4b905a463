import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, must, type Shape } from "../../api/client";
import type { Dataset } from "../types";
import { type Recipe, stepsOf } from "./recipe";
import type { Form, Tried } from "./types";

const COUNT = 12;
const CALM_MS = 250;

export function useForms() {
  return useQuery({
    queryKey: ["augment-forms"],
    queryFn: async () => (await must(api.GET("/api/datasets/transforms"))) as unknown as Form[],
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What the recipe makes of an item; asked when nothing was changed for a moment, and what is not awaited any more ends. */
export function useTried({ id, version, readable }: Dataset, recipe: Recipe, row: number, seed: number) {
  const body = { recipe: stepsOf(recipe), row, seed, count: COUNT };
  const [[text]] = useDebouncedValue([JSON.stringify(body)], CALM_MS);
  const answer = useQuery({
    queryKey: ["augment", id, version, text],
    queryFn: ({ signal }) =>
      must<Tried>(
        api.POST("/api/datasets/{dataset_id}/augment", {
          params: { path: { dataset_id: id } },
          body: JSON.parse(text ?? "") as Shape<"AugmentWish">,
          signal,
        }),
      ),
    enabled: readable,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  });
  return { ...answer, stale: answer.isFetching || text !== JSON.stringify(body) };
}
