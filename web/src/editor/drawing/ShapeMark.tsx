import type { KeyboardEvent, PointerEvent } from "react";
import classes from "./Drawing.module.css";
import { type Box, centre, inArrow, middle, type Point, type Size, stretches, toFrame, toStage } from "./geometry";
import { colourAt, type Drawn, type Rules } from "./shapes";
import type { Drawing } from "./useDrawing";

type Props = {
  shape: Drawn;
  place: number;
  rules: Rules;
  frame: Size;
  box: Box;
  drawing: Drawing;
  onCorner: (event: PointerEvent, corner: number) => void;
  onBody: (event: PointerEvent) => void;
};

const STEP: Record<string, Point> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ARROW = 46;

/** One shape on the stage: its body, its edges, its corners, and the arrow of a line. */
export function ShapeMark({ shape, place, rules, frame, box, drawing, onCorner, onBody }: Props) {
  const points = shape.points.map((point) => toStage(point, box));
  const active = place === drawing.active;
  const colour = colourAt(place);
  const path = points.map(([x, y]) => `${x},${y}`).join(" ");
  const closed = rules.closed && !(active && drawing.growing);
  const select = (event: PointerEvent) => {
    if (active && drawing.growing) return;
    drawing.select(place);
    onBody(event);
  };
  return (
    <g style={{ color: colour }} className={classes.shape} data-active={active || undefined}>
      {closed ? (
        <polygon points={path} onPointerDown={select} />
      ) : (
        rules.least > 1 && <polyline points={path} onPointerDown={select} />
      )}
      {rules.arrow && points.length === 2 && <Arrow from={points[0] as Point} to={points[1] as Point} />}
      {active && !drawing.growing && points.length < rules.most && (
        <Middles
          points={points}
          rules={rules}
          onInsert={(after, at) => drawing.insert(place, after, toFrame(at, box))}
        />
      )}
      {points.map((point, corner) => (
        <Corner
          // biome-ignore lint/suspicious/noArrayIndexKey: a corner is known by its place
          key={corner}
          at={point}
          number={rules.metres ? corner + 1 : undefined}
          label={`${shape.name || rules.word}, ${rules.closed ? "corner" : "point"} ${corner + 1}: ${percent(shape.points[corner] as Point, frame)}`}
          onPointerDown={(event) => {
            const closing = active && drawing.growing && corner === 0 && points.length >= rules.least;
            if (closing) {
              event.stopPropagation();
              return drawing.finish();
            }
            if (!active) drawing.select(place);
            onCorner(event, corner);
          }}
          onKeyDown={(event) => cornerKeys(event, drawing, place, corner, shape.points[corner] as Point)}
        />
      ))}
      {shape.name && points.length > 0 && <Name text={shape.name} at={centre(points)} />}
    </g>
  );
}

const percent = ([x, y]: Point, { width, height }: Size): string =>
  `${((x / width) * 100).toFixed(1)} % across, ${((y / height) * 100).toFixed(1)} % down`;

function cornerKeys(event: KeyboardEvent, drawing: Drawing, place: number, corner: number, [x, y]: Point): void {
  const step = STEP[event.key];
  if (step) {
    const far = event.shiftKey ? 10 : 1;
    drawing.move(place, corner, [x + step[0] * far, y + step[1] * far]);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    drawing.remove(place, corner);
  } else if (event.key === "Enter") {
    drawing.finish();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

type CornerProps = {
  at: Point;
  number?: number;
  label: string;
  onPointerDown: (event: PointerEvent) => void;
  onKeyDown: (event: KeyboardEvent) => void;
};

function Corner({ at: [x, y], number, label, onPointerDown, onKeyDown }: CornerProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button cannot stand inside a drawing
    <g
      className={classes.corner}
      transform={`translate(${x} ${y})`}
      tabIndex={0}
      role="button"
      aria-label={label}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
    >
      <circle r={14} className={classes.reach} />
      <circle r={6.5} className={classes.knob} />
      {number !== undefined && <Name text={String(number)} at={[0, -18]} />}
    </g>
  );
}

function Middles({
  points,
  rules,
  onInsert,
}: {
  points: Point[];
  rules: Rules;
  onInsert: (after: number, at: Point) => void;
}) {
  return stretches(points, rules.closed).map(([a, b], after) => {
    const [x, y] = middle(a, b);
    return (
      <circle
        // biome-ignore lint/suspicious/noArrayIndexKey: an edge is known by its place
        key={after}
        className={classes.middle}
        cx={x}
        cy={y}
        r={5}
        onPointerDown={(event) => {
          event.stopPropagation();
          onInsert(after, [x, y]);
        }}
      >
        <title>Add a corner here</title>
      </circle>
    );
  });
}

/** Which side of a line is in. */
function Arrow({ from, to }: { from: Point; to: Point }) {
  const [start, end] = inArrow(from, to, ARROW);
  const [dx, dy] = [(end[0] - start[0]) / ARROW, (end[1] - start[1]) / ARROW];
  const wing = (side: number): string => `${end[0] - dx * 10 - dy * 7 * side},${end[1] - dy * 10 + dx * 7 * side}`;
  return (
    <g className={classes.arrow}>
      <line x1={start[0]} y1={start[1]} x2={end[0]} y2={end[1]} />
      <polyline points={`${wing(1)} ${end[0]},${end[1]} ${wing(-1)}`} />
      <Name text="in" at={[end[0] + dx * 16, end[1] + dy * 16]} />
      <Name text="out" at={[start[0] - dx * 22, start[1] - dy * 22]} />
    </g>
  );
}

function Name({ text, at: [x, y] }: { text: string; at: Point }) {
  return (
    <text className={classes.name} x={x} y={y} textAnchor="middle" dominantBaseline="middle">
      {text}
    </text>
  );
}
