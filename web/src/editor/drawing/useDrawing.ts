import { useState } from "react";
import { begin, change, type History, pause, redo, undo } from "../model/history";
import { inside, moveInside, type Point, type Size } from "./geometry";
import {
  type Drawn,
  freeShapeName,
  type Metres,
  type Rules,
  withCorner,
  withMetres,
  withMoved,
  withoutCorner,
  withPoints,
  withShape,
} from "./shapes";

export interface Drawing {
  shapes: Drawn[];
  /** The shape that is selected. */
  active: number;
  /** Whether clicks add corners to it. */
  growing: boolean;
  canUndo: boolean;
  canRedo: boolean;
  undo: () => void;
  redo: () => void;
  endGroup: () => void;
  select: (place: number) => void;
  finish: () => void;
  begin: () => void;
  click: (at: Point) => void;
  insert: (place: number, after: number, at: Point) => void;
  move: (place: number, corner: number, at: Point) => void;
  moveAll: (place: number, start: Point[], by: Point) => void;
  remove: (place: number, corner: number) => void;
  /** Where a point is on the ground. */
  tell: (place: number, corner: number, at: Metres) => void;
  removeShape: (place: number) => void;
  rename: (place: number, name: string) => void;
  turn: (place: number) => void;
}

/** What is being drawn, with its own undo. Every change is told to `onChange`. */
export function useDrawing(start: Drawn[], rules: Rules, frame: Size, onChange: (shapes: Drawn[]) => void): Drawing {
  const [history, setHistory] = useState<History<Drawn[]>>(() => begin(start));
  const [active, setActive] = useState(0);
  const [growing, setGrowing] = useState(!start.length || (start[0]?.points.length ?? 0) < rules.least);
  const shapes = history.now;

  const show = (next: History<Drawn[]>) => {
    setHistory(next);
    onChange(next.now);
    if (active >= next.now.length) setActive(Math.max(0, next.now.length - 1));
  };
  const put = (next: Drawn[], group = "") => show(change(history, next, group));
  const add = (points: Point[]) => {
    const name = rules.several ? freeShapeName(shapes, rules.word) : "";
    put([...shapes, { name, points }]);
    setActive(shapes.length);
    setGrowing(points.length < rules.most);
  };

  const click = (at: Point) => {
    const point = inside(at, frame);
    const shape = shapes[active];
    if (growing && shape) {
      put(withPoints(shapes, active, (points) => (points.length < rules.most ? [...points, point] : points)));
      if (shape.points.length + 1 >= rules.most) setGrowing(false);
    } else if (!shapes.length || rules.several) add([point]);
  };
  return {
    shapes,
    active,
    growing,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    undo: () => show(undo(history)),
    redo: () => show(redo(history)),
    endGroup: () => setHistory(pause),
    select: (place) => {
      setActive(place);
      setGrowing((shapes[place]?.points.length ?? 0) < rules.least);
    },
    finish: () => setGrowing(false),
    begin: () => {
      setActive(shapes.length);
      add([]);
    },
    click,
    insert: (place, after, at) => {
      if ((shapes[place]?.points.length ?? 0) < rules.most)
        put(withShape(shapes, place, (shape) => withCorner(shape, after, at)));
    },
    move: (place, corner, at) =>
      put(
        withPoints(shapes, place, (points) => withMoved(points, corner, inside(at, frame))),
        `corner ${place} ${corner}`,
      ),
    moveAll: (place, from, by) =>
      put(
        withPoints(shapes, place, () => moveInside(from, by, frame)),
        `shape ${place}`,
      ),
    remove: (place, corner) => put(withShape(shapes, place, (shape) => withoutCorner(shape, corner))),
    tell: (place, corner, at) =>
      put(
        withShape(shapes, place, (shape) => withMetres(shape, corner, at)),
        `metres ${place} ${corner}`,
      ),
    removeShape: (place) => put(shapes.filter((_, number) => number !== place)),
    rename: (place, name) =>
      put(
        shapes.map((shape, number) => (number === place ? { ...shape, name } : shape)),
        `name ${place}`,
      ),
    turn: (place) => put(withPoints(shapes, place, (points) => [...points].reverse())),
  };
}
