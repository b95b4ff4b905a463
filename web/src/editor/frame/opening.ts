import { useEffect, useState } from "react";
import { useModels } from "../inspector/ModelField";
import { withSource } from "../model/graph";
import type { Blocks } from "../model/palette";
import { startChecking } from "../state/checking";
import { dropDraft, readDraft, startDrafting } from "../state/draft";
import { open, type Saved, useEditor } from "../state/store";

export interface Restored {
  at: string;
  /** Whether a newer version was saved since. */
  outdated: boolean;
}

/** Open a pipeline with its draft, if there is one; check it and keep the draft as long as the page is there. */
export function useOpening(blocks: Blocks, saved: Saved, name: string) {
  const [restored, setRestored] = useState<Restored | null>(null);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    const draft = readDraft(name);
    if (draft) {
      open(blocks, { ...saved, version: draft.base ?? saved.version }, withSource(draft.graph));
      setRestored({ at: draft.at, outdated: draft.base !== saved.version });
    } else open(blocks, saved);
    setReady(true);
    return startDrafting(name);
  }, [blocks, saved, name]);
  const here = useModels().data?.filter(({ installed }) => installed);
  const models = here?.map((model) => model.name).join(" ");
  // A model that has come mends what was wrong: everything is checked again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the models are not read here
  useEffect(() => (ready ? startChecking() : undefined), [ready, models]);
  const discard = () => {
    dropDraft(name);
    open(blocks, saved);
    setRestored(null);
  };
  return { ready, restored, discard, forgetNote: () => setRestored(null) };
}

/** After the first save the draft of the new pipeline has done its work. */
export function useDropOnSave(name: string): void {
  useEffect(
    () =>
      useEditor.subscribe((now, before) => {
        if (before.saved.id === null && now.saved.id !== null) dropDraft(name);
      }),
    [name],
  );
}
