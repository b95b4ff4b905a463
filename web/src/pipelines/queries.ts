import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, must, type Shape } from "../api/client";
import { notifyProblem } from "../shared/problems";

export type Pipeline = Shape<"PipelineShape">;
export type Template = Shape<"TemplateShape">;

const PAGE = 50;

export const useTemplates = () =>
  useQuery({ queryKey: ["templates"], queryFn: () => must(api.GET("/api/templates")), staleTime: 300_000 });

/** Pipelines page by page, the last changed first. */
export function usePipelines(q: string) {
  return useInfiniteQuery({
    queryKey: ["pipelines", { q, paged: true }],
    queryFn: ({ pageParam: cursor }) =>
      must(api.GET("/api/pipelines", { params: { query: { limit: PAGE, cursor, q: q || undefined } } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    placeholderData: (before) => before,
  });
}

const at = (id: string) => ({ params: { path: { pipeline_id: id } } });

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ["pipelines"] });
}

export function useDuplicate() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: async (id: string) => {
      const { graph } = await must(api.GET("/api/pipelines/{pipeline_id}", at(id)));
      const pipeline = `${graph.pipeline} copy`.slice(0, 100);
      return must(api.POST("/api/pipelines", { body: { graph: { ...graph, pipeline }, note: "a copy" } }));
    },
    onSuccess: refresh,
    onError: notifyProblem,
  });
}

export function useDelete() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (id: string) => must(api.DELETE("/api/pipelines/{pipeline_id}", at(id))),
    onSuccess: refresh,
    onError: notifyProblem,
  });
}
