import { IconPlus } from "@tabler/icons-react";
import { ViewportPortal } from "@xyflow/react";
import { type DragEvent, useState } from "react";
import { type Point, SOURCE } from "../model/graph";
import { NODE_SIZE } from "../model/layout";
import { addFromPalette } from "../state/actions";
import { type Loose, useEditor } from "../state/store";
import { draggedBlock } from "./dragged";
import classes from "./Ghost.module.css";

const GAP = 64;

/** Where the first block goes, as long as the canvas holds the source only: drop one there, or press it. */
export function Ghost({ narrow }: { narrow: boolean }) {
  const source = useEditor(({ graph, nodes }) =>
    Object.keys(graph.blocks).length === 1 ? nodes.find(({ id }) => id === SOURCE) : undefined,
  );
  const port = useEditor(({ blocks, graph }) => blocks?.byUse.get(String(graph.blocks[SOURCE]?.use))?.outputs[0]?.name);
  const [over, setOver] = useState(false);
  if (!source || !port) return null;
  const { x, y } = source.position;
  // On a phone there is no room to the right: the place is shown below, and the view follows the block.
  const at: Point = [x + NODE_SIZE.width + GAP, y];
  const shown: Point = narrow ? [x, y + NODE_SIZE.height] : at;
  const loose: Loose = { block: SOURCE, port, side: "output" };
  const drop = (event: DragEvent) => {
    const block = draggedBlock(event);
    if (!block) return;
    event.preventDefault();
    event.stopPropagation();
    addFromPalette(block, at, loose);
  };
  return (
    <ViewportPortal>
      <div
        className={classes.ghost}
        style={{ transform: `translate(${shown[0]}px, ${shown[1]}px)` }}
        data-below={narrow || undefined}
      >
        <button
          type="button"
          className={`${classes.place} nopan nodrag`}
          data-over={over || undefined}
          onDragEnter={() => setOver(true)}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
          onClick={({ currentTarget }) => {
            const { left, top } = currentTarget.getBoundingClientRect();
            useEditor.setState({ quickAdd: { screen: { x: left, y: top }, canvas: [at[0], at[1] + 30], loose } });
          }}
        >
          <IconPlus size={18} stroke={1.8} aria-hidden />
          <span>{narrow ? "Add the first block" : "Drop a block here, or press /"}</span>
        </button>
      </div>
    </ViewportPortal>
  );
}
