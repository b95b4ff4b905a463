import { describe, expect, it } from "vitest";
import { GAP, geometryOf, moved, rowsInSight, scrollTo } from "./geometry";

describe("the geometry of the grid", () => {
  it("fills the width with as many columns as fit", () => {
    const made = geometryOf(1000, 95, 150, 20);
    expect(made.columns).toBe(6);
    expect(made.cell * 6 + GAP * 5).toBeLessThanOrEqual(1000);
    expect(made.rows).toBe(16);
  });

  it("never is higher than browsers can lay out, even with 10 million pictures on a phone", () => {
    const made = geometryOf(370, 10_000_000, 320, 22);
    expect(made.height).toBeLessThanOrEqual(15_000_000);
    expect(made.rows * made.columns).toBeGreaterThanOrEqual(10_000_000);
  });

  it("holds in a place without width, and without pictures", () => {
    expect(geometryOf(0, 10, 150, 0).columns).toBeGreaterThanOrEqual(1);
    expect(geometryOf(800, 0, 150, 0).height).toBe(0);
  });

  it("shows the rows in sight and no more than the spare ones besides", () => {
    const made = geometryOf(1000, 100_000, 150, 20);
    const [from, to] = rowsInSight(made, 500 * made.row, 800, 2);
    expect(from).toBe(498);
    expect(to - from).toBeLessThan(800 / made.row + 6);
    expect(rowsInSight(made, 0, 800, 2)[0]).toBe(0);
    expect(rowsInSight(made, 1e9, 800, 2)[1]).toBe(made.rows);
  });
});

describe("keys", () => {
  const made = geometryOf(1000, 20, 150, 0); // 6 columns, 4 rows, the last with 2
  const to = (key: string, from: number) => moved(key, from, 20, made, 400);
  it.each([
    ["ArrowRight", 0, 1],
    ["ArrowRight", 19, 19],
    ["ArrowLeft", 0, 0],
    ["ArrowDown", 1, 7],
    ["ArrowDown", 16, 19],
    ["ArrowDown", 18, 18],
    ["ArrowUp", 3, 3],
    ["Home", 9, 0],
    ["End", 9, 19],
    ["PageDown", 0, 12],
  ])("%s leads from %i to %i", (key, from, there) => expect(to(key, from)).toBe(there));
  it("leaves other keys alone", () => expect(to("a", 3)).toBeNull());
});

it("scrolls just as far as needed", () => {
  const made = geometryOf(1000, 1000, 150, 0);
  expect(scrollTo(made, 0, 500, 400)).toBe(0);
  expect(scrollTo(made, 12, 2 * made.row, 400)).toBeNull();
  const below = scrollTo(made, 60, 0, 400);
  expect(below).toBe(10 * made.row + made.row - GAP - 400);
});
