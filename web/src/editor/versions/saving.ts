import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiError, api, must, type Shape } from "../../api/client";
import { notifyDone, notifyProblem } from "../../shared/problems";
import { isDirty, type Saved, useEditor } from "../state/store";

export type Full = Shape<"PipelineFull">;

/** Somebody else has saved a version meanwhile. */
export interface Conflict {
  theirs: Full;
  author: string;
}

export const getPipeline = (id: string) =>
  must(api.GET("/api/pipelines/{pipeline_id}", { params: { path: { pipeline_id: id } } }));

export const getVersions = (id: string) =>
  must(
    api.GET("/api/pipelines/{pipeline_id}/versions", { params: { path: { pipeline_id: id }, query: { limit: 100 } } }),
  );

/** Tell the editor what the server holds now; what is drawn meanwhile stays. */
export function setSaved({ id, version }: Pick<Full, "id" | "version">, graph: Saved["graph"]): void {
  useEditor.setState({ saved: { id, version, graph } });
}

async function save({ note = "", base }: { note?: string; base?: number }): Promise<Full> {
  const { graph, saved } = useEditor.getState();
  const body = { graph, base: base ?? saved.version, note };
  const full = saved.id
    ? await must(api.PUT("/api/pipelines/{pipeline_id}", { params: { path: { pipeline_id: saved.id } }, body }))
    : await must(api.POST("/api/pipelines", { body: { ...body, base: null } }));
  setSaved(full, graph);
  return full;
}

async function conflictOf(id: string): Promise<Conflict> {
  const [theirs, versions] = await Promise.all([getPipeline(id), getVersions(id)]);
  return { theirs, author: versions.items[0]?.author || "Somebody" };
}

/** Saves a version. A conflict is handed to `onConflict`, other trouble is told. */
export function useSave(onConflict: (conflict: Conflict) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: save,
    onSuccess: (full) => {
      client.invalidateQueries({ queryKey: ["pipelines"] });
      client.invalidateQueries({ queryKey: ["versions", full.id] });
      notifyDone(full.version > 1 ? `Saved as version ${full.version}.` : "Saved.");
    },
    onError: async (error) => {
      const { id } = useEditor.getState().saved;
      if (!(error instanceof ApiError && error.status === 409 && id)) return notifyProblem(error);
      try {
        onConflict(await conflictOf(id));
      } catch (other) {
        notifyProblem(other);
      }
    },
  });
}

/** Whether there is something to save. */
export const useUnsaved = (): boolean => useEditor((state) => state.saved.id === null || isDirty(state));
