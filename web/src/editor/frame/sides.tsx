import { Drawer } from "@mantine/core";
import { useDisclosure, useLocalStorage } from "@mantine/hooks";
import { type ReactFlowInstance, useReactFlow, type Viewport } from "@xyflow/react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useSettledSelection } from "../state/settled";
import { select, useEditor } from "../state/store";
import classes from "./Frame.module.css";

export function useDialog() {
  const [opened, { open, close, toggle }] = useDisclosure(false);
  return { opened, open, close, toggle };
}

export type Dialog = ReturnType<typeof useDialog>;

/** Which panels stand beside the canvas. The inspector gives its room to the canvas while nothing is selected. */
export function useSides(dialogs: { palette: Dialog; inspector: Dialog }, narrow: boolean, mayEdit: boolean) {
  const any = useSettledSelection().length > 0;
  const [wanted, setPalette] = useLocalStorage({
    key: "trackside-palette",
    defaultValue: true,
    getInitialValueInEffect: false,
  });
  const palette = wanted && mayEdit;
  const [asked, setAsked] = useState(false);
  const inspector = any || asked;
  const closed = narrow ? "" : [!palette && "palette", !inspector && "inspector"].filter(Boolean).join(" ");
  return {
    palette,
    inspector,
    closed,
    togglePalette: () => (narrow ? dialogs.palette.open() : setPalette(!palette)),
    openInspector: () => {
      if (narrow) return dialogs.inspector.open();
      setAsked(any || !asked);
      select([]);
    },
  };
}

/** Move the canvas so far to the left that a block is not beyond its right edge. */
function reveal(flow: ReactFlowInstance, name: string): void {
  const canvas = document.querySelector(".react-flow")?.getBoundingClientRect();
  const node = document.querySelector(`.react-flow__node[data-id="${name}"]`)?.getBoundingClientRect();
  const over = canvas && node ? node.right + 16 - canvas.right : 0;
  const { x, y, zoom } = flow.getViewport();
  if (over > 0) void flow.setViewport({ x: x - over, y, zoom }, { duration: 150 });
}

/** Keep the selected block in sight when a panel takes its place; show everything while a try is open, then what was before. */
export function useRoom(trying: boolean): void {
  const flow = useReactFlow();
  const selected = useSettledSelection();
  const only = selected.length === 1 ? selected[0] : undefined;
  useEffect(() => {
    if (!only) return;
    const frame = requestAnimationFrame(() => reveal(flow, only));
    return () => cancelAnimationFrame(frame);
  }, [only, flow]);
  const pictures = useEditor(
    ({ preview }) => !!preview && Object.values(preview.blocks).some(({ picture }) => picture),
  );
  const before = useRef<Viewport | null>(null);
  useEffect(() => {
    if (trying) before.current = flow.getViewport();
    else if (before.current) {
      const [one] = useEditor.getState().selected;
      void flow.setViewport(before.current, { duration: 200 }).then(() => one && reveal(flow, one));
    }
  }, [trying, flow]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: pictures make the blocks higher, so all is shown anew
  useEffect(() => {
    if (!trying) return;
    const timer = setTimeout(() => flow.fitView({ padding: 0.1, maxZoom: 1, duration: 200 }), 60);
    return () => clearTimeout(timer);
  }, [trying, pictures, flow]);
}

type SideProps = {
  narrow: boolean;
  area: "palette" | "inspector";
  title: string;
  dialog: Dialog;
  shown: boolean;
  children: ReactNode;
};

/** A panel beside the canvas; on a narrow screen, a drawer. */
export function Side({ narrow, area, title, dialog, shown, children }: SideProps) {
  if (!narrow) {
    if (!shown) return null;
    return (
      <aside id={area} className={classes[area]} aria-label={title}>
        {children}
      </aside>
    );
  }
  return (
    <Drawer
      opened={dialog.opened}
      onClose={dialog.close}
      position={area === "palette" ? "left" : "right"}
      title={title}
      size="min(360px, 92vw)"
      padding="xs"
    >
      <div id={area}>{children}</div>
    </Drawer>
  );
}
