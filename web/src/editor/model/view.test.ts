import { describe, expect, it } from "vitest";
import type { Point } from "./graph";
import { firstView, type Placed, stretchFor, type View } from "./view";

const desk = { width: 1000, height: 700 };
const phone = { width: 390, height: 600 };
const block = (name: string, at: Point, height = 100): Placed => ({ name, at, width: 220, height });
const shown = ({ x, y, zoom }: View, [left, top]: Point): Point => [left * zoom + x, top * zoom + y];
const long = [block("b", [300, 0]), block("source", [0, 0]), block("c", [2400, 400])];

describe("the first view", () => {
  it("of a source alone leaves room to its right, and below on a phone", () => {
    const [x, y] = shown(firstView([block("source", [0, 0])], "source", desk, false), [220, 100]);
    expect(x).toBeLessThan(desk.width / 2);
    expect(y).toBeLessThan(desk.height / 2);
    const narrow = firstView([block("source", [0, 0])], "source", phone, true);
    expect(shown(narrow, [0, 0])[0]).toBeGreaterThan(0);
    expect(shown(narrow, [220, 100])[0]).toBeLessThan(phone.width);
    expect(shown(narrow, [220, 100])[1]).toBeLessThan(phone.height / 2);
  });

  it("holds the whole pipeline, no larger than life", () => {
    const view = firstView(long, "source", desk, false);
    expect(shown(view, [0, 0])[0]).toBeGreaterThan(0);
    expect(shown(view, [2620, 500])[0]).toBeLessThan(desk.width);
    expect(firstView([block("a", [0, 0]), block("b", [300, 0])], "a", desk, false).zoom).toBe(1);
  });

  it("on a phone is the beginning, large enough to read", () => {
    const view = firstView(long, "source", phone, true);
    expect(view.zoom).toBeGreaterThanOrEqual(0.7);
    const [x, y] = shown(view, [0, 0]);
    expect(x).toBeGreaterThan(0);
    expect(x).toBeLessThan(60);
    expect(y).toBeGreaterThan(0);
    expect(y).toBeLessThan(phone.height / 2);
  });

  it("of nothing is anything", () => {
    expect(firstView([], "source", desk, false).zoom).toBe(1);
  });
});

describe("the stretch", () => {
  it("is none where blocks have room, or stand beside each other", () => {
    expect(stretchFor([block("a", [0, 0], 300), block("b", [0, 400])])).toBe(1);
    expect(stretchFor([block("a", [0, 0], 300), block("b", [300, 50])])).toBe(1);
    expect(stretchFor([])).toBe(1);
  });

  it("draws rows just far enough apart that nothing is covered", () => {
    const placed = [block("a", [0, 0], 300), block("b", [40, 160], 300), block("c", [0, 400])];
    const stretch = stretchFor(placed);
    expect(160 * stretch).toBeGreaterThanOrEqual(300);
    expect((400 - 160) * stretch).toBeGreaterThanOrEqual(300);
    expect(stretch).toBeLessThan(2.1);
  });

  it("gives up on blocks that lie on each other", () => {
    expect(stretchFor([block("a", [0, 0], 300), block("b", [0, 5], 300)])).toBe(1);
    expect(stretchFor([block("a", [0, 0], 3000), block("b", [0, 30])])).toBeLessThanOrEqual(6);
  });
});
