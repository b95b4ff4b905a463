import { useElementSize } from "@mantine/hooks";
import { type PointerEvent, useRef, useState } from "react";
import classes from "./Drawing.module.css";
import { letterbox, type Point, type Size, toFrame, toStage } from "./geometry";
import { ShapeMark } from "./ShapeMark";
import type { Rules } from "./shapes";
import { colourAt } from "./shapes";
import type { Drawing } from "./useDrawing";

type Props = { drawing: Drawing; rules: Rules; frame: Size; picture: string };
const MARGIN = 16;

type Drag = { place: number; corner: number } | { place: number; from: Point; start: Point[] };

/** The frame with what is drawn on it. Clicks add corners; corners, middles of edges and whole shapes can be dragged. */
export function Stage({ drawing, rules, frame, picture }: Props) {
  const { ref, width, height } = useElementSize();
  const svg = useRef<SVGSVGElement>(null);
  const drag = useRef<Drag | null>(null);
  const [hover, setHover] = useState<Point | null>(null);
  // A margin, so that corners on the border of the frame are whole.
  const fitted = letterbox(frame, { width: width - 2 * MARGIN, height: height - 2 * MARGIN });
  const box = { ...fitted, left: fitted.left + MARGIN, top: fitted.top + MARGIN };

  const at = (event: PointerEvent): Point => {
    const bounds = svg.current?.getBoundingClientRect();
    return toFrame([event.clientX - (bounds?.left ?? 0), event.clientY - (bounds?.top ?? 0)], box);
  };
  const start = (event: PointerEvent, next: Drag) => {
    event.stopPropagation();
    svg.current?.setPointerCapture(event.pointerId);
    drag.current = next;
    drawing.endGroup();
  };
  const move = (event: PointerEvent) => {
    const point = at(event);
    if (drawing.growing) setHover(point);
    const now = drag.current;
    if (!now) return;
    if ("corner" in now) drawing.move(now.place, now.corner, point);
    else drawing.moveAll(now.place, now.start, [point[0] - now.from[0], point[1] - now.from[1]]);
  };
  const end = () => {
    if (drag.current) drawing.endGroup();
    drag.current = null;
  };
  const last = drawing.growing ? drawing.shapes[drawing.active]?.points.at(-1) : undefined;
  return (
    <div ref={ref} className={classes.stage} data-growing={drawing.growing || undefined}>
      {picture && (
        <img
          src={picture}
          alt=""
          style={{ left: box.left, top: box.top, width: frame.width * box.scale, height: frame.height * box.scale }}
        />
      )}
      <svg
        ref={svg}
        role="application"
        aria-label="Frame to draw on. Tab goes through the corners, arrow keys move one, Delete removes it."
        onPointerDown={(event) => event.button === 0 && drawing.click(at(event))}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
        onPointerLeave={() => setHover(null)}
        onDoubleClick={drawing.finish}
      >
        {!picture && (
          <rect
            x={box.left}
            y={box.top}
            width={frame.width * box.scale}
            height={frame.height * box.scale}
            className={classes.blank}
          />
        )}
        {drawing.shapes.map((shape, place) => (
          <ShapeMark
            // biome-ignore lint/suspicious/noArrayIndexKey: shapes have no other identity; names change while typing
            key={place}
            shape={shape}
            place={place}
            rules={rules}
            frame={frame}
            box={box}
            drawing={drawing}
            onCorner={(event, corner) => start(event, { place, corner })}
            onBody={(event) => start(event, { place, from: at(event), start: shape.points })}
          />
        ))}
        {last && hover && (
          <Rubber from={toStage(last, box)} to={toStage(hover, box)} colour={colourAt(drawing.active)} />
        )}
      </svg>
    </div>
  );
}

function Rubber({ from, to, colour }: { from: Point; to: Point; colour: string }) {
  return (
    <line x1={from[0]} y1={from[1]} x2={to[0]} y2={to[1]} stroke={colour} strokeDasharray="5 5" pointerEvents="none" />
  );
}
