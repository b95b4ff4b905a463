/** Paints many points into a plain picture: 100,000 take a few milliseconds, and no graphics card is needed. */

import type { Size, View } from "./view";

/** `#rrggbb` as the four bytes of a pixel, in the order of this machine. */
export function pixelOf(colour: string, alpha = 255): number {
  const value = Number.parseInt(colour.slice(1), 16);
  const [red, green, blue] = [(value >> 16) & 255, (value >> 8) & 255, value & 255];
  return LITTLE
    ? ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0
    : ((red << 24) | (green << 16) | (blue << 8) | alpha) >>> 0;
}

const LITTLE = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Pixels across a point: fewer points, or a closer look, make larger ones. */
export function pointSize(count: number, zoom: number, ratio: number): number {
  const base = count > 40_000 ? 1.6 : count > 8000 ? 2.6 : count > 1500 ? 3.6 : 5;
  return Math.max(1, Math.round(Math.min(9, base * Math.min(2.2, zoom ** 0.35)) * ratio));
}

/**
 * Writes every point as a square of `across` pixels.
 *
 * `size` is in pixels of the picture, `view.scale` too. `order` says which points come last and so lie on top; points
 * without a place (NaN) are left out.
 */
export function paintPoints(
  pixels: Uint32Array,
  size: Size,
  view: View,
  x: Float32Array,
  y: Float32Array,
  colours: Uint32Array,
  order: Uint32Array,
  across: number,
): void {
  const { width, height } = size;
  const left = width / 2 - view.x * view.scale - across / 2;
  const top = height / 2 + view.y * view.scale - across / 2;
  for (let place = 0; place < order.length; place++) {
    const at = order[place] as number;
    const px = Math.round(left + (x[at] as number) * view.scale);
    const py = Math.round(top - (y[at] as number) * view.scale);
    // NaN is in no range.
    if (!(px >= 0 && py >= 0 && px + across <= width && py + across <= height)) continue;
    const colour = colours[at] as number;
    for (let row = 0; row < across; row++) {
      const begin = (py + row) * width + px;
      for (let column = 0; column < across; column++) pixels[begin + column] = colour;
    }
  }
}
