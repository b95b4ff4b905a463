import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError, api, csrfHeaders, must, problemsOf, type Shape } from "../../api/client";
import { notifyProblem } from "../../shared/problems";
import type { Cluster, Comparison, Ideas, Mistake, Slice, Study } from "./types";

const STUDY = "/api/datasets/{dataset_id}/studies/{study_id}";
const path = (dataset: string, study: string) => ({ dataset_id: dataset, study_id: study });

export const keys = {
  studies: (dataset: string) => ["studies", dataset],
  study: (dataset: string, study: string) => ["study", dataset, study],
  mistakes: (dataset: string, study: string) => ["study-mistakes", dataset, study],
  ideas: (dataset: string, study: string) => ["study-ideas", dataset, study],
};

export function useStudies(dataset: string) {
  return useQuery({
    queryKey: keys.studies(dataset),
    queryFn: () =>
      must<Study[]>(api.GET("/api/datasets/{dataset_id}/studies", { params: { path: { dataset_id: dataset } } })),
    staleTime: 0,
  });
}

export function useStudy(dataset: string, study: string) {
  return useQuery({
    queryKey: keys.study(dataset, study),
    queryFn: () => must(api.GET(STUDY, { params: { path: path(dataset, study) } })),
    staleTime: 0,
  });
}

export function useMistakes(dataset: string, study: string) {
  return useQuery({
    queryKey: keys.mistakes(dataset, study),
    queryFn: () => must<Mistake[]>(api.GET(`${STUDY}/mistakes`, { params: { path: path(dataset, study) } })),
    staleTime: 0,
  });
}

/** What solving each tag would win; `together` are tags whose joint ceiling is wanted. */
export function useIdeas(dataset: string, study: string, together: string[] = []) {
  return useQuery({
    queryKey: [...keys.ideas(dataset, study), "ideas", together],
    queryFn: () => {
      const query = together.length > 1 ? { together } : {};
      return must<Ideas>(api.GET(`${STUDY}/ideas`, { params: { path: path(dataset, study), query } }));
    },
    placeholderData: (before) => before,
    staleTime: 0,
  });
}

/** Groups that fail more often than the rest: they do not hang on tags, and take a moment. */
export function useSlices(dataset: string, study: string) {
  return useQuery({
    queryKey: ["study-slices", dataset, study],
    queryFn: async () => (await asked(dataset, study, { slices: true })).slices as unknown as Slice[],
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Groups of mistakes that may deserve a tag. */
export function useClusters(dataset: string, study: string) {
  return useQuery({
    queryKey: ["study-clusters", dataset, study],
    queryFn: async () => (await asked(dataset, study, { clusters: true })).clusters as unknown as Cluster[],
    staleTime: Number.POSITIVE_INFINITY,
  });
}

async function asked(dataset: string, study: string, query: { slices?: boolean; clusters?: boolean }) {
  return must<Ideas>(api.GET(`${STUDY}/ideas`, { params: { path: path(dataset, study), query } }));
}

export function useComparison(dataset: string, study: string, other: string) {
  return useQuery({
    queryKey: ["study-comparison", dataset, study, other],
    queryFn: async () =>
      (await must(
        api.GET(`${STUDY}/compare/{other_id}`, { params: { path: { ...path(dataset, study), other_id: other } } }),
      )) as unknown as Comparison,
    enabled: other !== "",
    staleTime: 0,
  });
}

/** Sets or forgets what a tag's idea would take. */
export function useSetCost(dataset: string, study: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Shape<"CostBody">) =>
      must(api.POST(`${STUDY}/costs`, { params: { path: path(dataset, study) }, body })),
    onError: notifyProblem,
    onSettled: () => client.invalidateQueries({ queryKey: keys.ideas(dataset, study) }),
  });
}

export function useDeleteStudy(dataset: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (study: string) => must(api.DELETE(STUDY, { params: { path: path(dataset, study) } })),
    onError: notifyProblem,
    onSettled: () => client.invalidateQueries({ queryKey: keys.studies(dataset) }),
  });
}

export type Begin = { name: string; draw: number; seed: number; file: Blob };

/** Begins a study with a table of predictions. */
export function useBeginStudy(dataset: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, draw, seed, file }: Begin) => {
      const query = new URLSearchParams({ name, draw: String(draw), seed: String(seed) });
      return sendFile<Study>(`/api/datasets/${dataset}/studies/file?${query}`, file);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.studies(dataset) }),
  });
}

/** Takes tags and comments in from a table. */
export function useTakeIn(dataset: string, study: string) {
  const refresh = useRefreshStudy(dataset, study);
  return useMutation({
    mutationFn: (file: File) => sendFile<Study>(`/api/datasets/${dataset}/studies/${study}/import`, file),
    onSuccess: refresh,
    onError: notifyProblem,
  });
}

/** Asks again for all that hangs on what people said of mistakes. */
export function useRefreshStudy(dataset: string, study: string) {
  const client = useQueryClient();
  return () =>
    Promise.all(
      [
        keys.study(dataset, study),
        keys.mistakes(dataset, study),
        keys.ideas(dataset, study),
        keys.studies(dataset),
      ].map((queryKey) => client.invalidateQueries({ queryKey })),
    );
}

async function sendFile<T>(address: string, file: Blob): Promise<T> {
  const body = new FormData();
  body.append("file", file, "table.csv");
  const answer = await fetch(address, { method: "POST", body, headers: csrfHeaders() });
  if (!answer.ok) throw new ApiError(answer.status, await problemsOf(answer));
  return (await answer.json()) as T;
}
