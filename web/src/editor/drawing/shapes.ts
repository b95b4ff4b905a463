import type { Setting } from "../model/palette";
import { fromFraction, type Point, type Size, toFraction, toPixels } from "./geometry";

/** One thing that is drawn; corners in pixels of the frame. `name` is empty where the setting holds one thing only. */
export interface Drawn {
  name: string;
  points: Point[];
}

export type Coordinates = "fraction" | "pixels";

/** What the setting wants: how many corners, closed or not, several or one. */
export interface Rules {
  several: boolean;
  closed: boolean;
  least: number;
  most: number;
  /** What one is called: `zone`, `line`, `area`, `points`. */
  word: string;
  arrow: boolean;
}

export function rulesOf(setting: Setting): Rules {
  const { minItems = 1, maxItems = 100 } = setting.json_schema as { minItems?: number; maxItems?: number };
  switch (setting.widget) {
    case "polygons":
      return { several: true, closed: true, least: 3, most: 100, word: "zone", arrow: false };
    case "polygon":
      return { several: false, closed: true, least: 3, most: 100, word: "area", arrow: false };
    case "line":
      return { several: false, closed: false, least: 2, most: 2, word: "line", arrow: true };
    default:
      return { several: false, closed: false, least: minItems, most: maxItems, word: "points", arrow: false };
  }
}

const isPoint = (value: unknown): value is Point =>
  Array.isArray(value) &&
  value.length === 2 &&
  value.every((number) => typeof number === "number" && Number.isFinite(number));

const pointsOf = (value: unknown): Point[] => (Array.isArray(value) ? value.filter(isPoint) : []);

/** What a setting holds, in pixels of the frame. */
export function readShapes(setting: Setting, value: unknown, coordinates: Coordinates, frame: Size): Drawn[] {
  const bring = (points: Point[]): Point[] =>
    coordinates === "fraction" ? points.map((point) => fromFraction(point, frame)) : points;
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
  if (setting.widget !== "polygons") return drawn[0]?.points.map(bring);
  return Object.fromEntries(drawn.map(({ name, points }) => [name, points.map(bring)]));
}

/** What is not right yet with what is drawn, one sentence each. */
export function shapeProblems(shapes: Drawn[], rules: Rules): string[] {
  const names = shapes.map(({ name }) => name.trim());
  return shapes.flatMap(({ name, points }, place) => {
    const called = name ? `“${name}”` : `The ${rules.word}`;
    const found: string[] = [];
    if (points.length < rules.least)
      found.push(`${called} needs ${rules.least - points.length} more ${cornerWord(rules, points)}.`);
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

export function withPoints(shapes: Drawn[], place: number, change: (points: Point[]) => Point[]): Drawn[] {
  return shapes.map((shape, number) => (number === place ? { ...shape, points: change(shape.points) } : shape));
}

export const withoutCorner = (points: Point[], corner: number): Point[] =>
  points.filter((_, place) => place !== corner);
export const withCorner = (points: Point[], after: number, at: Point): Point[] => [
  ...points.slice(0, after + 1),
  at,
  ...points.slice(after + 1),
];
export const withMoved = (points: Point[], corner: number, at: Point): Point[] =>
  points.map((point, place) => (place === corner ? at : point));
