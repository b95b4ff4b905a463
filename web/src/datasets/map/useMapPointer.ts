/** What mouse, pen and fingers do on the map: move it, come closer, draw around points, open one. */

import { type PointerEvent, type RefObject, useEffect, useRef, useState } from "react";
import { areaText, simplified } from "./area";
import { type Point, panned, type Size, toMap, type View, zoomed } from "./view";

type Options = {
  box: RefObject<HTMLElement | null>;
  view: View;
  size: Size;
  drawing: boolean;
  /** The number of the point at a place of the map; -1 for none. */
  find: (at: Point) => number;
  setView: (view: View) => void;
  setHovered: (at: number) => void;
  onArea: (area: string) => void;
  onOpen: (row: number) => void;
};

// A press that moves less than this is a click.
const CLICK_PX = 4;
const WHEEL = 0.0016;

export function useMapPointer(options: Options) {
  const now = useRef(options);
  now.current = options;
  const [outline, setOutline] = useState<Point[] | null>(null);
  const press = useRef<{ from: Point; last: Point; draws: boolean; far: boolean; corners: Point[] } | null>(null);
  const fingers = useRef(new Map<number, Point>());
  useWheel(now);

  const place = (event: PointerEvent): Point => {
    const box = now.current.box.current?.getBoundingClientRect();
    return [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)];
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const at = place(event);
    event.currentTarget.setPointerCapture(event.pointerId);
    fingers.current.set(event.pointerId, at);
    press.current = { from: at, last: at, draws: now.current.drawing || event.shiftKey, far: false, corners: [at] };
  };
  const move = (event: PointerEvent) => {
    const { view, size, find, setView, setHovered } = now.current;
    const at = place(event);
    const pressed = press.current;
    if (fingers.current.size === 2) return pinch(event.pointerId, at);
    if (!pressed) return setHovered(event.pointerType === "touch" ? -1 : find(toMap(view, size, at)));
    setHovered(-1);
    // A line that comes back to where it began is no click.
    pressed.far ||= Math.hypot(at[0] - pressed.from[0], at[1] - pressed.from[1]) >= CLICK_PX;
    if (pressed.draws) {
      pressed.corners.push(at);
      setOutline([...pressed.corners]);
    } else setView(panned(view, at[0] - pressed.last[0], at[1] - pressed.last[1]));
    pressed.last = at;
  };
  const pinch = (id: number, at: Point) => {
    const before = fingers.current.get(id);
    const other = [...fingers.current].find(([key]) => key !== id)?.[1];
    fingers.current.set(id, at);
    if (!before || !other) return;
    press.current = null;
    setOutline(null);
    const away = (one: Point) => Math.max(1, Math.hypot(one[0] - other[0], one[1] - other[1]));
    now.current.setView(zoomed(now.current.view, now.current.size, other, away(at) / away(before)));
  };
  const up = (event: PointerEvent) => {
    const pressed = press.current;
    fingers.current.delete(event.pointerId);
    press.current = null;
    setOutline(null);
    if (!pressed) return;
    const { view, size, find, onArea, onOpen } = now.current;
    const at = place(event);
    if (!pressed.far) {
      const row = find(toMap(view, size, at));
      if (row >= 0) onOpen(row);
    } else if (pressed.draws && pressed.corners.length > 2) {
      onArea(areaText(simplified(pressed.corners).map((corner) => toMap(view, size, corner))));
    }
  };
  const leave = () => now.current.setHovered(-1);
  return {
    outline,
    handlers: { onPointerDown: down, onPointerMove: move, onPointerUp: up, onPointerCancel: up, onPointerLeave: leave },
  };
}

/** The wheel comes closer; the page stays where it is, which only a listener that is not passive can say. */
function useWheel(now: RefObject<Options>) {
  useEffect(() => {
    const box = now.current.box.current;
    if (!box) return;
    const turned = (event: WheelEvent) => {
      event.preventDefault();
      const { view, size, setView } = now.current;
      const around = box.getBoundingClientRect();
      const at: Point = [event.clientX - around.left, event.clientY - around.top];
      const pixels = event.deltaMode === 1 ? event.deltaY * 30 : event.deltaY;
      setView(zoomed(view, size, at, Math.exp(-pixels * WHEEL)));
    };
    box.addEventListener("wheel", turned, { passive: false });
    return () => box.removeEventListener("wheel", turned);
  }, [now]);
}
