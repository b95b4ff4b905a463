/** Draws boxes and keypoints on a picture, by mouse, pen, finger and keys. */

import { type PointerEvent, useRef, useState } from "react";
import type { View } from "../Framed";
import { type Drag, type Drawing, type Drawn, dragged, grasp, type Place, type Selected } from "./editing";
import classes from "./editor.module.css";

type Props = {
  view: View;
  drawing: Drawing;
  onChange: (drawing: Drawing) => void;
  colour: (label: string) => string;
  bones: readonly (readonly number[])[];
  /** The class of a new box. */
  label: string;
  /** Keypoints of a figure. */
  k: number;
};

// CSS pixels within which an edge, a corner or a keypoint is taken hold of.
const REACH = 9;

export function Editor({ view, drawing, onChange, colour, bones, label, k }: Props) {
  const svg = useRef<SVGSVGElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const place = (event: PointerEvent): Place => {
    const matrix = svg.current?.getScreenCTM()?.inverse();
    const point = matrix ? new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix) : { x: 0, y: 0 };
    return [point.x, point.y];
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const [held, selected] = grasp(drawing, place(event), REACH * view.unit, label, k);
    setDrag(held);
    const moved = held.what === "point" ? dragged(drawing, held, place(event), view)[0] : drawing;
    onChange({ ...moved, selected });
  };
  const move = (event: PointerEvent) => {
    if (!drag) return;
    const [next, going] = dragged(drawing, drag, place(event), view);
    setDrag(going);
    onChange(next);
  };
  const up = () => setDrag(null);
  return (
    <svg
      ref={svg}
      className={classes.over}
      viewBox={`0 0 ${view.width} ${view.height}`}
      preserveAspectRatio="xMidYMid meet"
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
      role="img"
      aria-label={`${drawing.shapes.length} drawn; the keys are in the help`}
    >
      {drawing.shapes.map((drawn, shape) => (
        <Shape
          // biome-ignore lint/suspicious/noArrayIndexKey: a shape is its place
          key={shape}
          drawn={drawn}
          unit={view.unit}
          colour={colour(drawn.label)}
          bones={bones}
          selected={drawing.selected?.shape === shape ? drawing.selected : null}
        />
      ))}
    </svg>
  );
}

type ShapeProps = {
  drawn: Drawn;
  unit: number;
  colour: string;
  bones: readonly (readonly number[])[];
  selected: Selected | null;
};

function Shape({ drawn, unit, colour, bones, selected }: ShapeProps) {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = drawn.box ?? [];
  const there = (number: number | undefined) => {
    const point = number === undefined ? undefined : drawn.points[number];
    return point && (point[2] ?? 0) > 0 ? point : null;
  };
  return (
    <g style={{ color: colour }} data-chosen={selected ? true : undefined} className={classes.shape}>
      {drawn.box && <rect x={x1} y={y1} width={x2 - x1} height={y2 - y1} className={classes.box} />}
      {drawn.box && (
        <text x={x1 + 3 * unit} y={Math.max(13 * unit, y1 - 4 * unit)} fontSize={12 * unit} className={classes.word}>
          {drawn.label}
        </text>
      )}
      {bones.map(([from, to]) => {
        const [one, other] = [there(from), there(to)];
        if (!one || !other) return null;
        return (
          <line key={`${from}-${to}`} x1={one[0]} y1={one[1]} x2={other[0]} y2={other[1]} className={classes.bone} />
        );
      })}
      {drawn.points.map(
        ([x, y, visible = 0], number) =>
          visible > 0 && (
            <circle
              // biome-ignore lint/suspicious/noArrayIndexKey: a keypoint is its number
              key={number}
              cx={x}
              cy={y}
              r={(selected?.point === number ? 7 : 5) * unit}
              className={visible > 1 ? classes.point : classes.hidden}
            />
          ),
      )}
      {selected && drawn.box && selected.point === null && <Corners box={[x1, y1, x2, y2]} unit={unit} />}
    </g>
  );
}

function Corners({ box: [x1, y1, x2, y2], unit }: { box: [number, number, number, number]; unit: number }) {
  const side = 8 * unit;
  const corners: Place[] = [
    [x1, y1],
    [x2, y1],
    [x1, y2],
    [x2, y2],
  ];
  return corners.map(([x, y]) => (
    <rect key={`${x} ${y}`} x={x - side / 2} y={y - side / 2} width={side} height={side} className={classes.corner} />
  ));
}
