import "@xyflow/react/dist/style.css";
import { useComputedColorScheme } from "@mantine/core";
import {
  Background,
  BackgroundVariant,
  type Connection,
  ConnectionLineType,
  Controls,
  type Edge,
  type FinalConnectionState,
  MiniMap,
  type OnConnectStartParams,
  ReactFlow,
  useReactFlow,
} from "@xyflow/react";
import { type DragEvent, useCallback } from "react";
import type { Wire } from "../model/graph";
import { mayWire, portsThatFit } from "../model/wiring";
import { addFromPalette, join } from "../state/actions";
import { onEdgesChange, onNodesChange, type Spot, setDragging, useEditor } from "../state/store";
import { BlockNode } from "./BlockNode";
import classes from "./Canvas.module.css";
import { draggedBlock } from "./dragged";
import { FirstView } from "./FirstView";
import { Ghost } from "./Ghost";

const nodeTypes = { block: BlockNode };
const edgeDefaults = { interactionWidth: 18, focusable: false };
const fit = { padding: 0.15, maxZoom: 1 };
/** Fewer blocks than these need no overview. */
const OVERVIEW_FROM = 13;
const labels = {
  "node.a11yDescription.default": "Enter selects the block; arrow keys move a selected one; Delete removes it.",
};

type Dragged = {
  source: string | null;
  sourceHandle?: string | null;
  target: string | null;
  targetHandle?: string | null;
};

const wireOf = ({ source, sourceHandle, target, targetHandle }: Dragged): Wire => ({
  from: source ?? "",
  output: sourceHandle ?? "",
  to: target ?? "",
  input: targetHandle ?? "",
});

function isValid(connection: Connection | Edge): boolean {
  const { blocks, graph } = useEditor.getState();
  return !!blocks && mayWire(blocks, graph, wireOf(connection));
}

function beginWire(_: unknown, { nodeId, handleId, handleType }: OnConnectStartParams): void {
  const { blocks, graph } = useEditor.getState();
  if (!blocks || !nodeId || !handleId) return;
  const side = handleType === "source" ? "output" : "input";
  const end = { block: nodeId, port: handleId };
  useEditor.setState({ loose: { ...end, side, fits: portsThatFit(blocks, graph, end, side) }, refused: null });
}

const beginDrag = (): void => setDragging(true);
const endDrag = (): void => setDragging(false);

/** The place of a pointer, on the screen and on the canvas. */
export function useSpot(): (x: number, y: number) => Spot {
  const { screenToFlowPosition } = useReactFlow();
  return useCallback(
    (x, y) => {
      const at = screenToFlowPosition({ x, y });
      return { screen: { x, y }, canvas: [at.x, at.y] };
    },
    [screenToFlowPosition],
  );
}

/** The drawing of the pipeline. */
export function Canvas({ narrow, minimap, mayEdit }: { narrow: boolean; minimap: boolean; mayEdit: boolean }) {
  const nodes = useEditor((state) => state.nodes);
  const edges = useEditor((state) => state.edges);
  const scheme = useComputedColorScheme("light");
  const spotAt = useSpot();

  const endWire = useCallback(
    (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      const { loose } = useEditor.getState();
      useEditor.setState({ loose: null });
      const { clientX, clientY } =
        "changedTouches" in event ? (event.changedTouches[0] ?? { clientX: 0, clientY: 0 }) : event;
      const spot = spotAt(clientX, clientY);
      if (state.isValid || !state.fromHandle) return;
      if (!state.toHandle) return void (loose && useEditor.setState({ quickAdd: { ...spot, loose } }));
      const ends =
        state.fromHandle.type === "source" ? [state.fromHandle, state.toHandle] : [state.toHandle, state.fromHandle];
      const [from, to] = ends as [typeof state.fromHandle, typeof state.fromHandle];
      if (from.type === to.type) return;
      join({ from: from.nodeId, output: from.id ?? "", to: to.nodeId, input: to.id ?? "" }, spot);
    },
    [spotAt],
  );
  const drop = (event: DragEvent) => {
    const block = draggedBlock(event);
    if (!block || !mayEdit) return;
    event.preventDefault();
    const [x, y] = spotAt(event.clientX, event.clientY).canvas;
    addFromPalette(block, [x - 110, y - 20]);
  };
  return (
    <ReactFlow
      className={classes.canvas}
      aria-label="The pipeline as a drawing"
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      onNodeDragStart={beginDrag}
      onNodeDragStop={endDrag}
      nodesDraggable={mayEdit}
      nodesConnectable={mayEdit}
      isValidConnection={isValid}
      onConnect={(connection) => join(wireOf(connection))}
      onConnectStart={beginWire}
      onConnectEnd={endWire}
      onClickConnectStart={beginWire}
      onClickConnectEnd={endWire}
      onDoubleClick={(event) => {
        const onPane = (event.target as Element).classList.contains("react-flow__pane");
        if (onPane && mayEdit) useEditor.setState({ quickAdd: spotAt(event.clientX, event.clientY) });
      }}
      onDrop={drop}
      onDragOver={(event) => event.preventDefault()}
      colorMode={scheme}
      connectionLineType={ConnectionLineType.Bezier}
      connectionRadius={26}
      defaultEdgeOptions={edgeDefaults}
      edgesFocusable={false}
      deleteKeyCode={null}
      zoomOnDoubleClick={false}
      minZoom={0.1}
      maxZoom={2}
      ariaLabelConfig={labels}
      onlyRenderVisibleElements={false}
    >
      <FirstView narrow={narrow} />
      {mayEdit && <Ghost narrow={narrow} />}
      <Background variant={BackgroundVariant.Dots} gap={22} size={1.4} />
      <Controls position="bottom-left" showInteractive={false} fitViewOptions={fit} />
      {minimap && nodes.length >= OVERVIEW_FROM && (
        <MiniMap position="bottom-right" pannable zoomable ariaLabel="Overview of the pipeline" />
      )}
    </ReactFlow>
  );
}
