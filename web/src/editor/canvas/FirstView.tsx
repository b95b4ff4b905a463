import { useNodesInitialized, useReactFlow, useStoreApi } from "@xyflow/react";
import { useLayoutEffect, useRef } from "react";
import { SOURCE } from "../model/graph";
import { firstView } from "../model/view";
import { placedNodes, useEditor } from "../state/store";

/** Shows the beginning, once the sizes of the blocks are known. */
export function FirstView({ narrow }: { narrow: boolean }) {
  const ready = useNodesInitialized();
  const flow = useReactFlow();
  const canvas = useStoreApi();
  const done = useRef(false);
  useLayoutEffect(() => {
    if (!ready || done.current) return;
    done.current = true;
    const { width, height } = canvas.getState();
    void flow.setViewport(firstView(placedNodes(useEditor.getState()), SOURCE, { width, height }, narrow));
  }, [ready, flow, canvas, narrow]);
  return null;
}
