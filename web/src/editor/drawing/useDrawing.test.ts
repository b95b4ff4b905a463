import { act, renderHook } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { setting } from "../fixtures/palette";
import type { Point } from "./geometry";
import { type Drawn, rulesOf } from "./shapes";
import { useDrawing } from "./useDrawing";

const frame = { width: 100, height: 100 };

function draw(widget: "polygons" | "line", start: Drawn[] = []) {
  let told: Drawn[] = start;
  const { result } = renderHook(() =>
    useDrawing(start, rulesOf(setting("s", widget)), frame, (shapes) => {
      told = shapes;
    }),
  );
  const click = (...points: Point[]) => {
    for (const point of points) act(() => result.current.click(point));
  };
  return { result, click, told: () => told };
}

describe("drawing", () => {
  it("grows a zone by clicks, ends it, and begins the next one", () => {
    const { result, click, told } = draw("polygons");
    click([0, 0], [50, 0], [50, 500]);
    expect(told()).toEqual([
      {
        name: "zone 1",
        points: [
          [0, 0],
          [50, 0],
          [50, 100],
        ],
      },
    ]);
    act(() => result.current.finish());
    click([80, 80]);
    expect(told().map(({ name }) => name)).toEqual(["zone 1", "zone 2"]);
  });

  it("draws a line by two clicks and takes no third", () => {
    const { result, click, told } = draw("line");
    click([0, 0], [9, 9], [50, 50]);
    expect(told()[0]?.points).toEqual([
      [0, 0],
      [9, 9],
    ]);
    act(() => result.current.turn(0));
    expect(told()[0]?.points).toEqual([
      [9, 9],
      [0, 0],
    ]);
  });

  it("undoes a whole drag as one step", () => {
    const start = [
      {
        name: "a",
        points: [
          [0, 0],
          [10, 0],
          [10, 10],
        ] as Point[],
      },
    ];
    const { result, told } = draw("polygons", start);
    for (const x of [20, 30, 40]) act(() => result.current.move(0, 1, [x, 0]));
    expect(told()[0]?.points[1]).toEqual([40, 0]);
    act(() => result.current.undo());
    expect(told()).toEqual(start);
  });
});
