import { useReactFlow } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { useSpot } from "../canvas/Canvas";
import { moveBlocks, type Point } from "../model/graph";
import { arrangeAll, copyText, duplicate, pasteText, removeSelected, selectAll } from "../state/actions";
import { edit, redoEdit, select, undoEdit, useEditor } from "../state/store";

/** All shortcuts, as the help shows them. */
export const SHORTCUTS: [keys: string, what: string][] = [
  ["/ or Ctrl+K", "Add a block at the cursor"],
  ["Tab, Enter", "Go to the next block, select it"],
  ["Enter, Tab, Space", "On a block: go to its disks, which say what goes into the results"],
  ["I", "Go to the settings of the selected block"],
  ["Esc", "Select nothing, close what is open"],
  ["Arrow keys", "Move the selected blocks (Shift: further)"],
  ["Delete", "Delete what is selected"],
  ["Ctrl+Z, Shift+Ctrl+Z", "Undo, redo"],
  ["Ctrl+C, Ctrl+X, Ctrl+V", "Copy, cut, paste; also into another pipeline"],
  ["Ctrl+D", "Duplicate"],
  ["Ctrl+A", "Select all"],
  ["Ctrl+S", "Save a version"],
  ["T", "Try on 5 seconds"],
  ["L", "Arrange from left to right"],
  ["F", "Show everything"],
  ["+, −", "Zoom"],
  ["Shift+drag", "Select an area"],
  ["?", "This list"],
];

export interface Commands {
  save: () => void;
  tryIt: () => void;
  help: () => void;
}

/** Keys typed into a field, a list or a dialog belong to that. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest("input, textarea, select, [contenteditable], [role=dialog], [role=menu]") !== null;

/** Keys that change nothing. */
const isLooking = (key: string, control: boolean): boolean =>
  control ? ["a", "z", "y"].includes(key) : ["?", "Escape", "f", "i", "+", "=", "-"].includes(key);

const STEP: Record<string, Point> = { ArrowLeft: [-10, 0], ArrowRight: [10, 0], ArrowUp: [0, -10], ArrowDown: [0, 10] };

function moveSelected(event: KeyboardEvent): boolean {
  const step = STEP[event.key];
  const { selected, graph } = useEditor.getState();
  // A block that has the focus is moved by the canvas itself.
  if (!step || !selected.length || (event.target as Element).closest("button, a, .react-flow__node, [role=slider]"))
    return false;
  const far = event.shiftKey ? 5 : 1;
  const places = selected.map((name) => {
    const [x, y] = graph.layout[name] ?? [0, 0];
    return [name, [x + step[0] * far, y + step[1] * far]] as const;
  });
  edit((now) => moveBlocks(now, Object.fromEntries(places) as Record<string, Point>), "arrows");
  return true;
}

function withControl(key: string, shift: boolean, commands: Commands): boolean {
  if (key === "z") shift ? redoEdit() : undoEdit();
  else if (key === "y") redoEdit();
  else if (key === "d") duplicate();
  else if (key === "a") selectAll();
  else if (key === "s") commands.save();
  else return false;
  return true;
}

const selectNone = (): void => select([]);

export function toSettings(): void {
  document.querySelector<HTMLElement>("#inspector input, #inspector button, #inspector textarea")?.focus();
}

/** The keyboard of the editor. */
export function useShortcuts(commands: Commands): void {
  const flow = useReactFlow();
  const spotAt = useSpot();
  const pointer = useRef<{ x: number; y: number } | null>(null);
  const latest = useRef(commands);
  latest.current = commands;
  useEffect(() => {
    const quickAdd = () => {
      const at = pointer.current;
      const canvas = document.querySelector(".react-flow")?.getBoundingClientRect();
      const corner = { x: (canvas?.left ?? 0) + 80, y: (canvas?.top ?? 0) + 80 };
      useEditor.setState({ quickAdd: at ? spotAt(at.x, at.y) : { screen: corner } });
    };
    const plain: Record<string, () => void> = {
      "/": quickAdd,
      "?": () => latest.current.help(),
      Delete: removeSelected,
      Backspace: removeSelected,
      Escape: selectNone,
      l: arrangeAll,
      f: () => void flow.fitView({ padding: 0.15, maxZoom: 1, duration: 200 }),
      t: () => latest.current.tryIt(),
      i: toSettings,
      "+": () => void flow.zoomIn(),
      "=": () => void flow.zoomIn(),
      "-": () => void flow.zoomOut(),
    };
    const press = (event: KeyboardEvent) => {
      const control = event.ctrlKey || event.metaKey;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const { readOnly } = useEditor.getState();
      if (control && key === "s") {
        event.preventDefault();
        return readOnly ? undefined : latest.current.save();
      }
      if (isTyping(event.target) || event.altKey || event.defaultPrevented) return;
      if (readOnly && !isLooking(key, control)) return;
      let done = false;
      if (control && key === "k") {
        quickAdd();
        done = true;
      } else if (control) done = withControl(key, event.shiftKey, latest.current);
      else if (plain[key]) {
        plain[key]();
        done = true;
      } else done = moveSelected(event);
      if (done) event.preventDefault();
    };
    const point = ({ clientX: x, clientY: y, target }: MouseEvent) => {
      if (target instanceof Element && target.closest(".react-flow")) pointer.current = { x, y };
    };
    window.addEventListener("keydown", press);
    window.addEventListener("mousemove", point);
    return () => {
      window.removeEventListener("keydown", press);
      window.removeEventListener("mousemove", point);
    };
  }, [flow, spotAt]);
}

/** Copy, cut and paste by the system's own clipboard, so that they work between windows. */
export function useClipboardKeys(): void {
  useEffect(() => {
    const copy = (event: ClipboardEvent) => {
      const text = copyText();
      if (isTyping(event.target) || !text || window.getSelection()?.toString()) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      if (event.type === "cut" && !useEditor.getState().readOnly) removeSelected();
    };
    const paste = (event: ClipboardEvent) => {
      if (
        !isTyping(event.target) &&
        !useEditor.getState().readOnly &&
        pasteText(event.clipboardData?.getData("text/plain") ?? "")
      )
        event.preventDefault();
    };
    document.addEventListener("copy", copy);
    document.addEventListener("cut", copy);
    document.addEventListener("paste", paste);
    return () => {
      document.removeEventListener("copy", copy);
      document.removeEventListener("cut", copy);
      document.removeEventListener("paste", paste);
    };
  }, []);
}
