/** Drawing boxes and keypoints: what the pointer and the keys do to them. All lengths are pixels of the picture. */

import type { EditedBox, Outline } from "../types";

export type Place = [x: number, y: number];
export type Drawn = { annotation: number; label: string; box: number[] | null; points: number[][] };
/** What is chosen: a box or figure, or one of its keypoints. */
export type Selected = { shape: number; point: number | null };
export type Drawing = { shapes: Drawn[]; selected: Selected | null };
export type Bounds = { width: number; height: number };
/** What a drag does. `sides` are those of the box that follow the pointer. */
export type Drag =
  | { what: "draw"; from: Place; label: string; k: number }
  | { what: "move"; shape: number; last: Place }
  | { what: "resize"; shape: number; sides: Sides }
  | { what: "point"; shape: number; point: number };
export type Sides = { left: boolean; top: boolean; right: boolean; bottom: boolean };

// Smaller boxes are slips of the hand.
const LEAST = 2;

/** What can be drawn anew: further labels without an outline are left as they are. */
export function drawingOf(annotations: readonly Outline[]): Drawing {
  const shapes = annotations
    .filter((one) => one.box || one.points?.some((point) => (point[2] ?? 0) > 0))
    .map(({ annotation, label, box, points }) => ({
      annotation,
      label,
      box: box ? [...box] : null,
      points: (points ?? []).map((point) => [...point]),
    }));
  return { shapes, selected: shapes.length ? { shape: 0, point: null } : null };
}

/** What the server is told. */
export function editedOf({ shapes }: Drawing): EditedBox[] {
  return shapes.map(({ annotation, label, box, points }) => ({
    annotation,
    label,
    box: box as EditedBox["box"],
    points: points as EditedBox["points"],
  }));
}

/** What a press at a place takes hold of; `reach` is how near is near enough. */
export function grasp(drawing: Drawing, at: Place, reach: number, label: string, k: number): [Drag, Selected | null] {
  const { selected } = drawing;
  // A chosen keypoint without a place gets one.
  if (selected?.point != null && !((drawing.shapes[selected.shape]?.points[selected.point]?.[2] ?? 0) > 0)) {
    return [{ what: "point", shape: selected.shape, point: selected.point }, selected];
  }
  const order = drawing.shapes.map((_, shape) => shape);
  // What is chosen lies on top.
  if (selected) order.push(selected.shape);
  for (const shape of order.reverse()) {
    const found = held(drawing.shapes[shape], shape, at, reach);
    if (found) return found;
  }
  return [{ what: "draw", from: at, label, k }, null];
}

function held(drawn: Drawn | undefined, shape: number, at: Place, reach: number): [Drag, Selected] | null {
  if (!drawn) return null;
  const point = drawn.points.findIndex(
    ([x = 0, y = 0, visible = 0]) => visible > 0 && Math.hypot(x - at[0], y - at[1]) <= reach * 1.3,
  );
  if (point >= 0)
    return [
      { what: "point", shape, point },
      { shape, point },
    ];
  if (!drawn.box) return null;
  const sides = sidesAt(drawn.box, at, reach);
  if (sides)
    return [
      { what: "resize", shape, sides },
      { shape, point: null },
    ];
  return within(drawn.box, at)
    ? [
        { what: "move", shape, last: at },
        { shape, point: null },
      ]
    : null;
}

/** The sides of a box that a place is near to; null for none. */
export function sidesAt([x1 = 0, y1 = 0, x2 = 0, y2 = 0]: number[], [x, y]: Place, reach: number): Sides | null {
  if (x < x1 - reach || x > x2 + reach || y < y1 - reach || y > y2 + reach) return null;
  // The sides of a small box leave its middle free to be taken hold of.
  const [across, down] = [Math.min(reach, (x2 - x1) / 4), Math.min(reach, (y2 - y1) / 4)];
  const sides = { left: x < x1 + across, top: y < y1 + down, right: x > x2 - across, bottom: y > y2 - down };
  return sides.left || sides.top || sides.right || sides.bottom ? sides : null;
}

function within([x1 = 0, y1 = 0, x2 = 0, y2 = 0]: number[], [x, y]: Place): boolean {
  return x >= x1 && x <= x2 && y >= y1 && y <= y2;
}

/** How the drawing looks while the pointer is at a place; a drag that goes on is returned. */
export function dragged(drawing: Drawing, drag: Drag, to: Place, bounds: Bounds): [Drawing, Drag] {
  const at: Place = [clamp(to[0], bounds.width), clamp(to[1], bounds.height)];
  if (drag.what === "draw") return begun(drawing, drag, at);
  if (drag.what === "move") {
    const by: Place = [to[0] - drag.last[0], to[1] - drag.last[1]];
    return [changed(drawing, drag.shape, (drawn) => shifted(drawn, by)), { ...drag, last: to }];
  }
  if (drag.what === "point") {
    const set = (drawn: Drawn) => withPoint(drawn, drag.point, (point) => [at[0], at[1], point[2] || 2]);
    return [changed(drawing, drag.shape, set), drag];
  }
  return resizing(drawing, drag, at);
}

function begun(drawing: Drawing, drag: Extract<Drag, { what: "draw" }>, at: Place): [Drawing, Drag] {
  if (Math.abs(at[0] - drag.from[0]) < LEAST || Math.abs(at[1] - drag.from[1]) < LEAST) return [drawing, drag];
  const points = Array.from({ length: drag.k }, () => [0, 0, 0]);
  const made: Drawn = { annotation: -1, label: drag.label, box: spanned(drag.from, at), points };
  const shapes = [...drawing.shapes, made];
  const sides = {
    left: at[0] < drag.from[0],
    top: at[1] < drag.from[1],
    right: at[0] >= drag.from[0],
    bottom: at[1] >= drag.from[1],
  };
  const shape = shapes.length - 1;
  return [
    { shapes, selected: { shape, point: null } },
    { what: "resize", shape, sides },
  ];
}

function resizing(drawing: Drawing, drag: Extract<Drag, { what: "resize" }>, [x, y]: Place): [Drawing, Drag] {
  let { sides } = drag;
  const next = changed(drawing, drag.shape, (drawn) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = drawn.box ?? [];
    const moved = [sides.left ? x : x1, sides.top ? y : y1, sides.right ? x : x2, sides.bottom ? y : y2] as const;
    // Pulled over to the other side, the opposite side follows from there on.
    if (moved[0] > moved[2]) sides = { ...sides, left: sides.right, right: sides.left };
    if (moved[1] > moved[3]) sides = { ...sides, top: sides.bottom, bottom: sides.top };
    return { ...drawn, box: spanned([moved[0], moved[1]], [moved[2], moved[3]]) };
  });
  return [next, { ...drag, sides }];
}

/** Moves what is chosen; with `resize` the right and lower sides of a box alone. */
export function nudged(drawing: Drawing, by: Place, resize: boolean): Drawing {
  const { selected } = drawing;
  if (!selected) return drawing;
  return changed(drawing, selected.shape, (drawn) => {
    if (selected.point !== null) {
      return withPoint(drawn, selected.point, ([x = 0, y = 0, visible = 0]) => [x + by[0], y + by[1], visible || 2]);
    }
    if (!resize || !drawn.box) return shifted(drawn, by);
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = drawn.box;
    return { ...drawn, box: [x1, y1, Math.max(x1 + LEAST, x2 + by[0]), Math.max(y1 + LEAST, y2 + by[1])] };
  });
}

/** Deletes the chosen box or figure; a keypoint is not labelled any more. */
export function removed(drawing: Drawing): Drawing {
  const { selected, shapes } = drawing;
  if (!selected) return drawing;
  if (selected.point !== null) return seen(drawing, 0);
  const left = shapes.filter((_, shape) => shape !== selected.shape);
  const shape = Math.min(selected.shape, left.length - 1);
  return { shapes: left, selected: left.length ? { shape, point: null } : null };
}

/** Whether the chosen keypoint is visible (2), hidden (1) or not labelled (0); the next one in turn by default. */
export function seen(drawing: Drawing, visible?: number): Drawing {
  const { selected } = drawing;
  const { shape, point } = selected ?? { shape: -1, point: null };
  if (point === null) return drawing;
  return changed(drawing, shape, (drawn) =>
    withPoint(drawn, point, ([x = 0, y = 0, was = 0]) => [x, y, visible ?? (was === 2 ? 1 : was === 1 ? 0 : 2)]),
  );
}

export function relabelled(drawing: Drawing, label: string): Drawing {
  return drawing.selected ? changed(drawing, drawing.selected.shape, (drawn) => ({ ...drawn, label })) : drawing;
}

/** The next box or keypoint, round and round. */
export function next(drawing: Drawing, step: 1 | -1): Drawing {
  const stops = drawing.shapes.flatMap((drawn, shape): Selected[] => [
    { shape, point: null },
    ...drawn.points.flatMap((point, number) => ((point[2] ?? 0) > 0 ? [{ shape, point: number }] : [])),
  ]);
  const { selected } = drawing;
  const here = stops.findIndex((stop) => stop.shape === selected?.shape && stop.point === selected.point);
  const to = here < 0 ? 0 : (here + step + stops.length) % stops.length;
  return { ...drawing, selected: stops[to] ?? null };
}

function changed(drawing: Drawing, shape: number, change: (drawn: Drawn) => Drawn): Drawing {
  return { ...drawing, shapes: drawing.shapes.map((drawn, at) => (at === shape ? change(drawn) : drawn)) };
}

function shifted(drawn: Drawn, [dx, dy]: Place): Drawn {
  return {
    ...drawn,
    box: drawn.box?.map((value, at) => value + (at % 2 ? dy : dx)) ?? null,
    points: drawn.points.map(([x = 0, y = 0, visible = 0]) =>
      visible > 0 ? [x + dx, y + dy, visible] : [x, y, visible],
    ),
  };
}

function withPoint(drawn: Drawn, number: number, change: (point: number[]) => number[]): Drawn {
  return { ...drawn, points: drawn.points.map((point, at) => (at === number ? change(point) : point)) };
}

function spanned([ax, ay]: Place, [bx, by]: Place): number[] {
  const [x1, y1] = [Math.min(ax, bx), Math.min(ay, by)];
  return [x1, y1, Math.max(x1 + LEAST, ax, bx), Math.max(y1 + LEAST, ay, by)];
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
