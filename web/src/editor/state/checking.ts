import { ApiError, api, must, sentence } from "../../api/client";
import type { Graph } from "../model/graph";
import { sameMeaning, setChecked, useEditor } from "./store";

const WAIT_MS = 250;

/** Ask the server what is wrong, soon after every change; only the newest answer counts. Returns how to stop. */
export function startChecking(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | undefined;
  const ask = async () => {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    await checkOnce(useEditor.getState().graph, mine.signal);
  };
  const soon = (wait: number) => {
    clearTimeout(timer);
    timer = setTimeout(ask, wait);
  };
  const stop = useEditor.subscribe((now, before) => {
    if (now.graph !== before.graph && !sameMeaning(now.graph, before.graph)) soon(WAIT_MS);
  });
  // A model that was missing may have been got on another page meanwhile.
  const back = () => useEditor.getState().checking.missing.length && soon(0);
  window.addEventListener("focus", back);
  soon(0);
  return () => {
    stop();
    window.removeEventListener("focus", back);
    clearTimeout(timer);
    asking?.abort();
  };
}

async function checkOnce(graph: Graph, signal: AbortSignal): Promise<void> {
  try {
    const { problems, missing_models } = await must(api.POST("/api/check", { body: graph, signal }));
    if (!signal.aborted) setChecked(problems, missing_models);
  } catch (error) {
    if (signal.aborted) return;
    // A refusal of the body is an answer too: its problems belong to the pipeline.
    if (error instanceof ApiError && error.status === 422) return setChecked(error.problems, []);
    const trouble = error instanceof ApiError ? error.problems.map(sentence).join(" ") : "the server cannot be reached";
    useEditor.setState(({ checking }) => ({ checking: { ...checking, trouble } }));
  }
}
