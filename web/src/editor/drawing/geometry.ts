/** Plane geometry of drawing on a frame. Points are pixels of the frame unless said otherwise; y grows downwards. */
export type Point = [number, number];

export interface Size {
  width: number;
  height: number;
}

/** Where the frame lies on the stage, and how many stage pixels one frame pixel is. */
export interface Box {
  left: number;
  top: number;
  scale: number;
}

/** The largest place for a frame within a stage, centred: bars above and below or at the sides. */
export function letterbox(frame: Size, stage: Size): Box {
  if (!frame.width || !frame.height || stage.width <= 0 || stage.height <= 0) return { left: 0, top: 0, scale: 1 };
  const scale = Math.min(stage.width / frame.width, stage.height / frame.height);
  return { left: (stage.width - frame.width * scale) / 2, top: (stage.height - frame.height * scale) / 2, scale };
}

export const toFrame = ([x, y]: Point, box: Box): Point => [(x - box.left) / box.scale, (y - box.top) / box.scale];
export const toStage = ([x, y]: Point, box: Box): Point => [x * box.scale + box.left, y * box.scale + box.top];

const clamp = (value: number, most: number): number => Math.min(Math.max(value, 0), most);

/** The nearest point inside the frame, its border included. */
export const inside = ([x, y]: Point, frame: Size): Point => [clamp(x, frame.width), clamp(y, frame.height)];

/** Move points together as far as all of them stay inside the frame. */
export function moveInside(points: Point[], [dx, dy]: Point, frame: Size): Point[] {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const x = Math.min(Math.max(dx, -Math.min(...xs)), frame.width - Math.max(...xs));
  const y = Math.min(Math.max(dy, -Math.min(...ys)), frame.height - Math.max(...ys));
  return points.map(([px, py]) => [px + x, py + y]);
}

const FRACTION_DIGITS = 4;
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Pixels to fractions of the frame, four digits: half a pixel of a 5000 pixel frame. */
export const toFraction = ([x, y]: Point, { width, height }: Size): Point => [
  rounded(x / width, FRACTION_DIGITS),
  rounded(y / height, FRACTION_DIGITS),
];
export const fromFraction = ([x, y]: Point, { width, height }: Size): Point => [x * width, y * height];
export const toPixels = ([x, y]: Point): Point => [Math.round(x), Math.round(y)];

export const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
export const middle = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

/** The centre of the corners; where a name stands. */
export function centre(points: Point[]): Point {
  const sum = points.reduce<Point>(([x, y], [px, py]) => [x + px, y + py], [0, 0]);
  return [sum[0] / (points.length || 1), sum[1] / (points.length || 1)];
}

/** The point of a stretch that is nearest to another point. */
export function nearestOn(a: Point, b: Point, point: Point): Point {
  const length = (b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2;
  if (!length) return a;
  const along = ((point[0] - a[0]) * (b[0] - a[0]) + (point[1] - a[1]) * (b[1] - a[1])) / length;
  const part = Math.min(1, Math.max(0, along));
  return [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
}

/** The stretches between corners; a closed shape has one from the last to the first. */
export function stretches(points: Point[], closed: boolean): [Point, Point][] {
  const pairs = points.slice(1).map((point, place): [Point, Point] => [points[place] as Point, point]);
  if (closed && points.length > 2) pairs.push([points.at(-1) as Point, points[0] as Point]);
  return pairs;
}

/** Where a new corner would go that was clicked near an edge: behind which corner, and the point on the edge. */
export function edgeNear(
  points: Point[],
  closed: boolean,
  point: Point,
  within: number,
): { after: number; at: Point } | undefined {
  let best: { after: number; at: Point; far: number } | undefined;
  stretches(points, closed).forEach(([a, b], after) => {
    const at = nearestOn(a, b, point);
    const far = distance(at, point);
    if (far <= within && (!best || far < best.far)) best = { after, at, far };
  });
  return best && { after: best.after, at: best.at };
}

/**
 * The arrow of a line: from its middle, at a right angle, to the side that one comes out at by going in. Looking from the
 * first end to the second, *in* is from left to right.
 */
export function inArrow(a: Point, b: Point, length: number): [Point, Point] {
  const far = distance(a, b) || 1;
  const from = middle(a, b);
  const right: Point = [-(b[1] - a[1]) / far, (b[0] - a[0]) / far];
  return [from, [from[0] + right[0] * length, from[1] + right[1] * length]];
}

/** Where `in` leads to, in words of the picture. */
export function inWords(a: Point, b: Point): string {
  const [[x0, y0], [x1, y1]] = inArrow(a, b, 1);
  const [x, y] = [x1 - x0, y1 - y0];
  const steep = Math.abs(y) > 0.38 ? (y > 0 ? "down" : "up") : "";
  const flat = Math.abs(x) > 0.38 ? (x > 0 ? "to the right" : "to the left") : "";
  return [steep, flat].filter(Boolean).join(" and ");
}

const turn = (a: Point, b: Point, c: Point): number => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

/** Whether two edges of a closed shape cross. */
export function crossesItself(points: Point[]): boolean {
  const edges = stretches(points, true);
  return edges.some(([a, b], one) => edges.slice(one + 1).some(([c, d]) => cross(a, b, c, d)));
}

/** The area of a closed shape, in square pixels. */
export function area(points: Point[]): number {
  const sum = stretches(points, true).reduce((all, [a, b]) => all + a[0] * b[1] - b[0] * a[1], 0);
  return Math.abs(sum) / 2;
}
