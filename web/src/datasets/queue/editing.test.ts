import { describe, expect, it } from "vitest";
import {
  type Drag,
  type Drawing,
  dragged,
  drawingOf,
  editedOf,
  grasp,
  next,
  nudged,
  type Place,
  relabelled,
  removed,
  seen,
} from "./editing";

const bounds = { width: 100, height: 80 };
const outline = (annotation: number, box: number[] | null, points: number[][] = []) => ({
  annotation,
  label: "ant",
  box,
  points,
  annotator: "",
});
const one = drawingOf([outline(5, [10, 10, 50, 40])]);
const figure = drawingOf([
  outline(
    6,
    [10, 10, 50, 40],
    [
      [20, 20, 2],
      [30, 30, 1],
      [0, 0, 0],
    ],
  ),
]);

/** Presses at a place and drags to others. */
function drag(drawing: Drawing, from: Place, ...to: Place[]): Drawing {
  let [held, selected]: [Drag, Drawing["selected"]] = grasp(
    drawing,
    from,
    3,
    "bee",
    drawing.shapes[0]?.points.length ?? 0,
  );
  let now: Drawing = { ...drawing, selected };
  for (const place of to) [now, held] = dragged(now, held, place, bounds);
  return now;
}

describe("the pointer", () => {
  it("draws a box on empty ground, in whichever direction, inside the picture", () => {
    const drawn = drag(one, [90, 70], [80, 60], [60, 200]);
    expect(drawn.shapes[1]).toMatchObject({ annotation: -1, label: "bee", box: [60, 70, 90, 80] });
    expect(drawn.selected).toEqual({ shape: 1, point: null });
  });

  it("draws nothing by a click", () => expect(drag(one, [90, 70], [91, 71]).shapes).toHaveLength(1));

  it("moves a box with its keypoints, but not those without a place", () => {
    const moved = drag(figure, [40, 25], [45, 26], [50, 28]);
    expect(moved.shapes[0]).toMatchObject({
      box: [20, 13, 60, 43],
      points: [
        [30, 23, 2],
        [40, 33, 1],
        [0, 0, 0],
      ],
    });
  });

  it("resizes by a side, by a corner, and over to the other side", () => {
    expect(drag(one, [50, 25], [70, 60]).shapes[0]?.box).toEqual([10, 10, 70, 40]);
    expect(drag(one, [50, 40], [70, 60]).shapes[0]?.box).toEqual([10, 10, 70, 60]);
    expect(drag(one, [50, 25], [30, 25], [5, 25], [2, 25]).shapes[0]?.box).toEqual([2, 10, 10, 40]);
  });

  it("moves a keypoint alone, and puts one that has no place where the press is", () => {
    const moved = drag(figure, [20, 20], [25, 22]);
    expect(moved.shapes[0]).toMatchObject({
      box: [10, 10, 50, 40],
      points: [
        [25, 22, 2],
        [30, 30, 1],
        [0, 0, 0],
      ],
    });
    const placed = drag({ ...figure, selected: { shape: 0, point: 2 } }, [60, 60], [61, 61]);
    expect(placed.shapes[0]?.points[2]).toEqual([61, 61, 2]);
  });

  it("takes hold of what is chosen where two lie upon each other", () => {
    const two = drawingOf([outline(1, [0, 0, 60, 60]), outline(2, [5, 5, 55, 55])]);
    const chosen = { ...two, selected: { shape: 0, point: null } };
    expect(grasp(chosen, [30, 30], 3, "", 0)[1]).toEqual({ shape: 0, point: null });
    expect(grasp({ ...two, selected: null }, [30, 30], 3, "", 0)[1]).toEqual({ shape: 1, point: null });
  });
});

describe("keys", () => {
  it("move and resize", () => {
    expect(nudged(one, [1, -10], false).shapes[0]?.box).toEqual([11, 0, 51, 30]);
    expect(nudged(one, [5, 5], true).shapes[0]?.box).toEqual([10, 10, 55, 45]);
    expect(nudged(one, [-500, 0], true).shapes[0]?.box).toEqual([10, 10, 12, 40]);
    const point = { ...figure, selected: { shape: 0, point: 1 } };
    expect(nudged(point, [1, 2], false).shapes[0]?.points[1]).toEqual([31, 32, 1]);
  });

  it("walk through boxes and keypoints, those without a place left out", () => {
    const stops = [figure];
    for (let step = 0; step < 3; step++) stops.push(next(stops.at(-1) as Drawing, 1));
    expect(stops.map((stop) => stop.selected?.point)).toEqual([null, 0, 1, null]);
    expect(next(figure, -1).selected).toEqual({ shape: 0, point: 1 });
    expect(next({ shapes: [], selected: null }, 1).selected).toBeNull();
  });

  it("delete boxes and take keypoints away", () => {
    expect(removed(one)).toEqual({ shapes: [], selected: null });
    expect(removed({ shapes: [], selected: null }).shapes).toEqual([]);
    const point = removed({ ...figure, selected: { shape: 0, point: 0 } });
    expect(point.shapes[0]?.points[0]).toEqual([20, 20, 0]);
  });

  it("turn a keypoint from visible to hidden to not labelled and back", () => {
    let drawing: Drawing = { ...figure, selected: { shape: 0, point: 0 } };
    const states = [1, 0, 2].map(() => {
      drawing = seen(drawing);
      return drawing.shapes[0]?.points[0]?.[2];
    });
    expect(states).toEqual([1, 0, 2]);
  });

  it("give the chosen box another class", () => expect(relabelled(one, "bee").shapes[0]?.label).toBe("bee"));
});

it("leaves labels without an outline to the server, and says all the others", () => {
  const drawing = drawingOf([outline(1, null), outline(2, [0, 0, 5, 5]), outline(3, null, [[1, 1, 2]])]);
  expect(editedOf(drawing)).toEqual([
    { annotation: 2, label: "ant", box: [0, 0, 5, 5], points: [] },
    { annotation: 3, label: "ant", box: null, points: [[1, 1, 2]] },
  ]);
});
