import { describe, expect, it } from "vitest";
import { filtersOf } from "../look/filters";
import { areaOf, areaText, isInside, simplified } from "./area";
import { nearest, sorted } from "./near";
import { paintPoints, pixelOf, pointSize } from "./paint";
import { coloured, paintOrder, pointsOf } from "./points";
import { type Point, panned, toMap, toPixel, whole, zoomed } from "./view";

const size = { width: 600, height: 400 };

describe("the view", () => {
  it("goes from map to pixels and back", () => {
    const view = zoomed(whole(size), size, [100, 100], 3);
    const [x, y] = toMap(view, size, toPixel(view, size, [0.3, 0.7]));
    expect([x, y]).toEqual([expect.closeTo(0.3), expect.closeTo(0.7)]);
  });

  it("shows all at first, with y upwards", () => {
    const [, top] = toPixel(whole(size), size, [0.5, 1]);
    const [, bottom] = toPixel(whole(size), size, [0.5, 0]);
    expect(top).toBeGreaterThan(0);
    expect(top).toBeLessThan(bottom);
    expect(bottom).toBeLessThan(400);
  });

  it("keeps what lies under the pointer when it comes closer", () => {
    const view = whole(size);
    const before = toMap(view, size, [120, 310]);
    const after = toMap(zoomed(view, size, [120, 310], 5), size, [120, 310]);
    expect(after[0]).toBeCloseTo(before[0]);
    expect(after[1]).toBeCloseTo(before[1]);
  });

  it("cannot be lost", () => {
    expect(panned(whole(size), 1e6, -1e6)).toMatchObject({ x: 0, y: 0 });
    expect(zoomed(whole(size), size, [0, 0], 1e9).scale).toBeLessThan(1e6);
  });
});

describe("a part of the map", () => {
  const circle = Array.from({ length: 200 }, (_, at): Point => {
    const angle = (2 * Math.PI * at) / 200;
    return [0.5 + 0.3 * Math.cos(angle), 0.5 + 0.3 * Math.sin(angle)];
  });

  it("keeps its form with few corners", () => {
    const few = simplified(circle);
    expect(few).toHaveLength(40);
    expect(isInside([0.5, 0.78], few)).toBe(true);
    expect(isInside([0.5, 0.81], few)).toBe(false);
  });

  it("comes back from the address; what is none is nothing", () => {
    expect(areaOf(areaText(simplified(circle)))).toHaveLength(40);
    expect(areaOf("0,0,1")).toEqual([]);
    expect(areaOf("0,0,1,x,1,1")).toEqual([]);
    expect(areaOf("")).toEqual([]);
  });
});

describe("points", () => {
  const x = Float32Array.from([0.1, 0.11, 0.9, Number.NaN]);
  const y = Float32Array.from([0.1, 0.1, 0.9, 0.5]);

  it("the nearest within reach is found", () => {
    const near = sorted(x, y);
    expect(nearest(near, [0.108, 0.1], 0.05)).toBe(1);
    expect(nearest(near, [0.9, 0.9], 0.01)).toBe(2);
    expect(nearest(near, [0.5, 0.5], 0.01)).toBe(-1);
    expect(nearest(near, [5, -3], 0.01)).toBe(-1);
    expect(near.order).toHaveLength(3); // the one without a place is left out
  });

  it("agrees with looking at all of them", () => {
    const many = Float32Array.from({ length: 3000 }, (_, at) => (Math.imul(at, 2654435761) >>> 0) / 2 ** 32);
    const others = Float32Array.from({ length: 3000 }, (_, at) => (Math.imul(at, 747796405) >>> 0) / 2 ** 32);
    const near = sorted(many, others);
    for (const at of [
      [0.2, 0.3],
      [0.77, 0.04],
      [0.999, 0.999],
    ] as Point[]) {
      const away = (row: number) => Math.hypot((many[row] ?? 9) - at[0], (others[row] ?? 9) - at[1]);
      const best = [...many.keys()].reduce((least, row) => (away(row) < away(least) ? row : least), 0);
      expect(away(nearest(near, at, 0.2))).toBeCloseTo(away(best));
    }
  });

  it("are painted where they lie, and never beside the picture", () => {
    const pixels = new Uint32Array(100 * 100);
    const view = { x: 0.5, y: 0.5, scale: 100 };
    const red = pixelOf("#ff0000");
    const shades = Uint32Array.from([red, red, red, red]);
    paintPoints(pixels, { width: 100, height: 100 }, view, x, y, shades, Uint32Array.from([0, 1, 2, 3]), 2);
    expect(pixels[10 * 100 + 90]).toBe(red); // x 0.9, y 0.9: right and up
    expect(pixels.filter((one) => one !== 0).length).toBeLessThanOrEqual(12);
    paintPoints(
      pixels,
      { width: 100, height: 100 },
      { ...view, scale: 1e7 },
      x,
      y,
      shades,
      Uint32Array.from([0, 2]),
      9,
    );
  });

  it("those that the grid does not show are faint, and the suspicious are painted last", () => {
    const shape = { x: [0.1, 0.2, null], y: [0.1, 0.2, null], made_of: "", labels: [0, 1, 0], classes: ["ant", "bee"] };
    const points = pointsOf({ ...shape, splits: [], split_names: [], suspicion: [0.9, 0, 0] });
    const colour = { label: (name: string) => (name === "ant" ? "#112233" : "#445566"), split: () => "#000000" };
    const shades = coloured(points, "class", filtersOf(new URLSearchParams("label=ant")), colour);
    expect(shades[0]).toBe(pixelOf("#112233"));
    expect(shades[1]).toBe(pixelOf("#445566", 36));
    expect([...paintOrder(points, "suspicion")].at(-1)).toBe(0);
    expect(points.count).toBe(2);
    const drawn = coloured(points, "split", filtersOf(new URLSearchParams("area=0.15,0,0.3,0,0.3,1,0.15,1")), colour);
    expect([...drawn.slice(0, 2)]).toEqual([pixelOf("#000000", 36), pixelOf("#000000")]);
  });

  it("many are smaller than few", () => {
    expect(pointSize(100_000, 1, 1)).toBeLessThan(pointSize(100, 1, 1));
    expect(pointSize(100_000, 1, 1)).toBeGreaterThanOrEqual(1);
  });
});
