import { useQuery } from "@tanstack/react-query";
import { useLocation, useParams, useSearchParams } from "react-router";
import { api, must } from "../api/client";
import { Problems } from "../shared/problems";
import { Loading } from "../shell/Loading";
import { Editor } from "./frame/Editor";
import { emptyGraph, type Graph, withSource } from "./model/graph";
import { indexPalette } from "./model/palette";
import type { Saved } from "./state/store";
import { getPipeline } from "./versions/saving";

/** What is opened, and the name under which its draft is kept. */
interface Opened {
  saved: Saved;
  draft: string;
}

async function openSaved(id: string): Promise<Opened> {
  const full = await getPipeline(id);
  return { saved: { id, version: full.version, graph: withSource(full.graph) }, draft: id };
}

async function openNew(template: string, given: Graph | undefined): Promise<Opened> {
  const fresh = (graph: Graph, draft: string) => ({
    saved: { id: null, version: null, graph: withSource(graph) },
    draft,
  });
  if (given) return fresh(given, "imported");
  if (!template) return fresh(emptyGraph(), "new");
  const all = await must(api.GET("/api/templates"));
  const found = all.find(({ name }) => name === template);
  if (!found) throw new Error(`There is no template “${template}”. Choose another one on the page of pipelines.`);
  return fresh(found.graph, `new:${template}`);
}

/** `/pipelines/:id`, `/pipelines/new`, `/pipelines/new?template=NAME`; an imported graph comes with the navigation. */
export default function EditorPage() {
  const { id } = useParams();
  const template = useSearchParams()[0].get("template") ?? "";
  const { state, key } = useLocation();
  const given = (state as { graph?: Graph } | null)?.graph;
  const palette = useQuery({
    queryKey: ["palette"],
    queryFn: async () => indexPalette(await must(api.GET("/api/blocks"))),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const opened = useQuery({
    queryKey: ["opened", id ?? "", template, given ? key : ""],
    queryFn: () => (id ? openSaved(id) : openNew(template, given)),
    // It is opened once; from then on the editor holds it.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnReconnect: false,
  });
  const error = palette.error ?? opened.error;
  if (error) return <Problems error={error} title="The pipeline cannot be opened" onRetry={() => opened.refetch()} />;
  if (!palette.data || !opened.data) return <Loading />;
  const { saved, draft } = opened.data;
  return <Editor key={`${draft} ${given ? key : ""}`} blocks={palette.data} saved={saved} draft={draft} />;
}
