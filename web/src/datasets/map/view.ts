/** Which part of the map is shown. The map's own coordinates are 0 to 1, with y upwards; pixels run downwards. */
export type View = {
  /** What lies in the middle. */
  x: number;
  y: number;
  /** Pixels of one unit. */
  scale: number;
};
export type Size = { width: number; height: number };
export type Point = [x: number, y: number];

const MARGIN = 0.06;
const CLOSEST = 400;

/** All of the map. */
export function whole({ width, height }: Size): View {
  return { x: 0.5, y: 0.5, scale: Math.max(1, Math.min(width, height)) / (1 + 2 * MARGIN) };
}

export function toPixel(view: View, size: Size, [x, y]: Point): Point {
  return [size.width / 2 + (x - view.x) * view.scale, size.height / 2 - (y - view.y) * view.scale];
}

export function toMap(view: View, size: Size, [px, py]: Point): Point {
  return [view.x + (px - size.width / 2) / view.scale, view.y - (py - size.height / 2) / view.scale];
}

/** Closer by a factor; what lies under the pixel stays there. */
export function zoomed(view: View, size: Size, at: Point, factor: number): View {
  const least = whole(size).scale;
  const scale = Math.min(CLOSEST * least, Math.max(0.5 * least, view.scale * factor));
  const [x, y] = toMap(view, size, at);
  const share = view.scale / scale;
  return { x: x + (view.x - x) * share, y: y + (view.y - y) * share, scale };
}

/** Moved by pixels; the map cannot be lost from sight. */
export function panned(view: View, dx: number, dy: number): View {
  const inside = (value: number) => Math.min(1, Math.max(0, value));
  return { ...view, x: inside(view.x - dx / view.scale), y: inside(view.y + dy / view.scale) };
}
