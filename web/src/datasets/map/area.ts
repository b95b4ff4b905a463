/** A part of the map, drawn by hand, as the address keeps it. */

import type { Point } from "./view";

// What the server takes, and what an address can bear.
const MOST = 40;

/** `x1,y1,x2,y2,...` with three decimals. */
export function areaText(corners: Point[]): string {
  return corners
    .flat()
    .map((value) => String(Math.round(value * 1000) / 1000))
    .join(",");
}

export function areaOf(text: string): Point[] {
  const numbers = text.split(",").map(Number);
  if (numbers.length < 6 || numbers.length % 2 || numbers.some((one) => !Number.isFinite(one))) return [];
  return Array.from({ length: numbers.length / 2 }, (_, at): Point => [numbers[2 * at] ?? 0, numbers[2 * at + 1] ?? 0]);
}

/** The same outline with few corners: those go first that change the least area (Visvalingam and Whyatt, 1993). */
export function simplified(corners: Point[], most = MOST): Point[] {
  const left = [...corners];
  while (left.length > most) {
    let least = 0;
    let smallest = Number.POSITIVE_INFINITY;
    for (let at = 0; at < left.length; at++) {
      const area = triangle(left.at(at - 1) as Point, left[at] as Point, left[(at + 1) % left.length] as Point);
      if (area < smallest) [smallest, least] = [area, at];
    }
    left.splice(least, 1);
  }
  return left;
}

function triangle([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number {
  return Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2;
}

/** Whether a point lies inside: how often a ray from it crosses the outline. */
export function isInside([x, y]: Point, corners: Point[]): boolean {
  let inside = false;
  for (let at = 0; at < corners.length; at++) {
    const [ax, ay] = corners[at] as Point;
    const [bx, by] = corners.at(at - 1) as Point;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
