import type { Setting } from "../model/palette";
import { fromFraction, type Point, type Size, toFraction, toPixels } from "./geometry";

/** One thing that is drawn; corners in pixels of the frame. `name` is empty where the setting holds one thing only. */
export interface Drawn {
  name: string;
  points: Point[];
  /** Where each point is on the ground, in metres, as far as that is told. */
  metres?: Metres[];
}

/** Across and along, in metres; null where it is not told yet. */
export type Metres = [number | null, number | null];

export type Coordinates = "fraction" | "pixels";

/** What the setting wants: how many corners, closed or not, several or one. */
export interface Rules {
  several: boolean;
  /** Whether each of several has a name of its own in the setting. */
  named: boolean;
  closed: boolean;
  least: number;
  most: number;
  /** What one is called: `zone`, `line`, `area`, `points`. */
  word: string;
  arrow: boolean;
  /** Whether it is to be told of each point where it is on the ground. */
  metres: boolean;
}

const ONE = { several: false, named: false, closed: false, arrow: false, metres: false };
// What a pitch or a pool has, and a plane needs.
const GROUND_POINTS = 4;

export function rulesOf(setting: Setting): Rules {
  const { minItems = 1, maxItems = 100 } = setting.json_schema as { minItems?: number; maxItems?: number };
  switch (setting.widget) {
    case "polygons":
      return { ...ONE, several: true, named: true, closed: true, least: 3, most: 100, word: "zone" };
    case "polygon":
      return { ...ONE, closed: true, least: 3, most: 100, word: "area" };
    case "line":
      return { ...ONE, least: 2, most: 2, word: "line", arrow: true };
    case "lines":
      return { ...ONE, several: true, least: 2, most: 2, word: "line" };
    default: {
      const metres = setting.columns.length === 4;
      const least = metres ? Math.max(minItems, GROUND_POINTS) : minItems;
      return { ...ONE, least, most: maxItems, word: "points", metres };
    }
  }
}

const rowsOf = (value: unknown, columns: number): number[][] =>
  Array.isArray(value) ? value.filter((row) => isRow(row, columns)) : [];

const isRow = (value: unknown, columns: number): value is number[] =>
  Array.isArray(value) &&
  value.length === columns &&
  value.every((number) => typeof number === "number" && Number.isFinite(number));

const pointsOf = (value: unknown): Point[] => rowsOf(value, 2) as Point[];

/** What a setting holds, in pixels of the frame. */
export function readShapes(setting: Setting, value: unknown, coordinates: Coordinates, frame: Size): Drawn[] {
  const bring = (points: Point[]): Point[] =>
    coordinates === "fraction" ? points.map((point) => fromFraction(point, frame)) : points;
  if (setting.widget === "lines") {
    const lines = Array.isArray(value) ? value.map(pointsOf).filter(({ length }) => length > 0) : [];
    return lines.map((points, place) => ({ name: `line ${place + 1}`, points: bring(points) }));
  }
  if (rulesOf(setting).metres) {
    const rows = rowsOf(value, 4) as [number, number, number, number][];
    const metres = rows.map(([, , across, along]): Metres => [across, along]);
    return rows.length ? [{ name: "", points: bring(rows.map(([x, y]) => [x, y])), metres }] : [];
  }
  if (setting.widget !== "polygons") {
    const points = pointsOf(value);
    return points.length ? [{ name: "", points: bring(points) }] : [];
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).map(([name, points]) => ({ name, points: bring(pointsOf(points)) }));
}

/** The setting's value for what was drawn; nothing if nothing was. */
export function writeShapes(setting: Setting, shapes: Drawn[], coordinates: Coordinates, frame: Size): unknown {
  const bring = (point: Point): Point => (coordinates === "fraction" ? toFraction(point, frame) : toPixels(point));
  const drawn = shapes.filter(({ points }) => points.length > 0);
  if (!drawn.length) return undefined;
  if (setting.widget === "lines") return drawn.map(({ points }) => points.map(bring));
  if (rulesOf(setting).metres) {
    return drawn[0]?.points.map((point, place) => [...bring(point), ...metresAt(drawn[0], place)]);
  }
  if (setting.widget !== "polygons") return drawn[0]?.points.map(bring);
  return Object.fromEntries(drawn.map(({ name, points }) => [name, points.map(bring)]));
}

/** What is not right yet with what is drawn, one sentence each. */
export function shapeProblems(shapes: Drawn[], rules: Rules): string[] {
  const names = shapes.map(({ name }) => name.trim());
  return shapes.flatMap(({ name, points, metres }, place) => {
    const called = name ? `“${name}”` : `The ${rules.word}`;
    const found: string[] = [];
    if (points.length < rules.least)
      found.push(`${called} needs ${rules.least - points.length} more ${cornerWord(rules, points)}.`);
    const untold = rules.metres
      ? points.findIndex((_, point) => metresAt({ name, points, metres }, point).includes(null))
      : -1;
    if (untold >= 0) found.push(`Tell where point ${untold + 1} is on the ground, in metres.`);
    if (rules.several && !name.trim()) found.push(`Give every ${rules.word} a name.`);
    if (rules.several && name.trim() && names.indexOf(name.trim()) < place) found.push(`Two are called “${name}”.`);
    return found;
  });
}

const cornerWord = (rules: Rules, points: Point[]): string => {
  const one = rules.closed ? "corner" : rules.arrow ? "end" : "point";
  return rules.least - points.length === 1 ? one : `${one}s`;
};

/** `zone 1`, `zone 2`: the first that is free. */
export function freeShapeName(shapes: Drawn[], word: string): string {
  const taken = new Set(shapes.map(({ name }) => name));
  let number = 1;
  while (taken.has(`${word} ${number}`)) number += 1;
  return `${word} ${number}`;
}

const COLOURS = ["#12a594", "#f2711c", "#4c8bf5", "#e5484d", "#b04cf5", "#f5a524", "#30a46c", "#d6409f"];
export const colourAt = (place: number): string => COLOURS[place % COLOURS.length] as string;

export function withShape(shapes: Drawn[], place: number, change: (shape: Drawn) => Drawn): Drawn[] {
  return shapes.map((shape, number) => (number === place ? change(shape) : shape));
}

export function withPoints(shapes: Drawn[], place: number, change: (points: Point[]) => Point[]): Drawn[] {
  return withShape(shapes, place, (shape) => ({ ...shape, points: change(shape.points) }));
}

/** Where a point is on the ground. */
export const metresAt = (shape: Drawn | undefined, corner: number): Metres => shape?.metres?.[corner] ?? [null, null];

export function withMetres(shape: Drawn, corner: number, at: Metres): Drawn {
  return { ...shape, metres: shape.points.map((_, place) => (place === corner ? at : metresAt(shape, place))) };
}

/** A shape with one corner less, or one more behind another; what was told of the others stays theirs. */
export function withoutCorner(shape: Drawn, corner: number): Drawn {
  const rest = <T>(list: T[]): T[] => list.filter((_, place) => place !== corner);
  return { ...shape, points: rest(shape.points), ...(shape.metres && { metres: rest(shape.metres) }) };
}

export function withCorner(shape: Drawn, after: number, at: Point): Drawn {
  const insert = <T>(list: T[], item: T): T[] => [...list.slice(0, after + 1), item, ...list.slice(after + 1)];
  const metres = shape.metres && insert(shape.metres, [null, null]);
  return { ...shape, points: insert(shape.points, at), ...(metres && { metres }) };
}

export const withMoved = (points: Point[], corner: number, at: Point): Point[] =>
  points.map((point, place) => (place === corner ? at : point));
