import type { DragEvent } from "react";
import type { Block } from "../model/palette";
import { useEditor } from "../state/store";

const DRAGGED = "application/x-trackside-block";

/** Begin to drag a block out of the palette. */
export function dragBlock(event: DragEvent, block: Block): void {
  event.dataTransfer.setData(DRAGGED, block.use);
  event.dataTransfer.effectAllowed = "copy";
}

/** The block that is dropped; nothing if it is something else. */
export function draggedBlock(event: DragEvent): Block | undefined {
  return useEditor.getState().blocks?.byUse.get(event.dataTransfer.getData(DRAGGED));
}
