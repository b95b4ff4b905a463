/** The pipelines that can be run: saved ones and templates. */

import { queryOptions } from "@tanstack/react-query";
import { api, must, type Shape } from "../api/client";

export type Graph = Shape<"Graph">;
type Template = Shape<"TemplateShape">;
type Saved = Shape<"PipelineShape">;

const MOST = 200;

export function savedQuery(q = "") {
  return queryOptions({
    queryKey: ["pipelines", "choice", q],
    queryFn: () => must(api.GET("/api/pipelines", { params: { query: { limit: MOST, q: q || undefined } } })),
  });
}

export function templatesQuery() {
  return queryOptions({ queryKey: ["templates"], queryFn: () => must(api.GET("/api/templates")) });
}

export function pipelineQuery(id: string) {
  return queryOptions({
    queryKey: ["pipeline", id],
    queryFn: () => must(api.GET("/api/pipelines/{pipeline_id}", { params: { path: { pipeline_id: id } } })),
  });
}

/** What is wrong with a pipeline, before anybody waits for it. */
export function checkQuery(graph: Graph | undefined) {
  return queryOptions({
    // "models": a model that arrives makes this out of date.
    queryKey: ["models", "check", graph],
    queryFn: () =>
      must(api.POST("/api/check", { body: graph ?? { pipeline: "", about: "", blocks: {}, save: [], layout: {} } })),
    enabled: graph !== undefined,
  });
}

/** A choice of the dialog: `saved:<id>` or `template:<name>`. */
export function choices(saved: Pick<Saved, "id" | "name">[], templates: Pick<Template, "name" | "title">[]) {
  return [
    { group: "Your pipelines", items: saved.map((one) => ({ value: `saved:${one.id}`, label: one.name })) },
    { group: "Templates", items: templates.map((one) => ({ value: `template:${one.name}`, label: one.title })) },
  ].filter((group) => group.items.length > 0);
}

/** What a choice sends: a saved pipeline by its id, a template as its graph. */
export function wanted(choice: string, templates: Template[]): { pipeline: string } | { graph: Graph } | null {
  const [kind, ...rest] = choice.split(":");
  const name = rest.join(":");
  if (kind === "saved" && name) return { pipeline: name };
  const template = templates.find((one) => one.name === name);
  return kind === "template" && template ? { graph: template.graph } : null;
}

/** The blocks of a pipeline as people read them: its name, and what it uses. */
export function blocksOf(graph: Graph): { name: string; use: string }[] {
  return Object.entries(graph.blocks ?? {}).map(([name, block]) => ({ name, use: String(block.use ?? "") }));
}
