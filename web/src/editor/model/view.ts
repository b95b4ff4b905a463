import type { Point } from "./graph";
import { NODE_SIZE, type Size } from "./layout";

export interface View {
  x: number;
  y: number;
  zoom: number;
}

/** A block as it is drawn. */
export interface Placed extends Size {
  name: string;
  at: Point;
}

const MARGIN = 0.08;
// Words can still be read at this size; on a phone a part that can be read says more than the whole in miniature.
const READABLE = 0.7;

/**
 * How a pipeline is seen first: all of it, no larger than life. Where that would be too small to read on a narrow screen,
 * its beginning; and of one block alone, that block with room to its right for what comes next.
 */
export function firstView(placed: Placed[], begin: string, screen: Size, narrow: boolean): View {
  const first = placed.find(({ name }) => name === begin) ?? placed[0];
  if (!first) return { x: 0, y: 0, zoom: 1 };
  if (placed.length === 1) return startingAt(first, 1, narrow ? 0.5 : 0.28, narrow ? 0.24 : 0.38, screen);
  const bounds = boundsOf(placed);
  const room = 1 - 2 * MARGIN;
  const whole = Math.min((screen.width * room) / bounds.width, (screen.height * room) / bounds.height, 1);
  if (narrow && whole < READABLE) return startingAt(first, READABLE, 0.5 - 0.5 * room, 0.3, screen, true);
  return {
    x: screen.width / 2 - (bounds.left + bounds.width / 2) * whole,
    y: screen.height / 2 - (bounds.top + bounds.height / 2) * whole,
    zoom: whole,
  };
}

/** A block at a part of the screen: its middle, or its left edge. */
function startingAt(block: Placed, zoom: number, across: number, down: number, screen: Size, left = false): View {
  const x = block.at[0] + (left ? 0 : block.width / 2);
  const y = block.at[1] + block.height / 2;
  return { x: screen.width * across - x * zoom, y: screen.height * down - y * zoom, zoom };
}

function boundsOf(placed: Placed[]) {
  const left = Math.min(...placed.map(({ at }) => at[0]));
  const top = Math.min(...placed.map(({ at }) => at[1]));
  const right = Math.max(...placed.map(({ at, width }) => at[0] + width));
  const bottom = Math.max(...placed.map(({ at, height }) => at[1] + height));
  return { left, top, width: right - left, height: bottom - top };
}

const CLEAR = 20;
const MOST = 6;

/**
 * How much farther apart rows have to be drawn so that no block covers another: blocks grow by the pictures of a try, and
 * their places were chosen without. 1 where there is room enough. Blocks that were put onto each other stay so.
 */
export function stretchFor(placed: Placed[]): number {
  const ordered = [...placed].sort((a, b) => a.at[1] - b.at[1]);
  let stretch = 1;
  ordered.forEach((upper, place) => {
    for (const lower of ordered.slice(place + 1)) {
      const apart = lower.at[1] - upper.at[1];
      const beside = Math.abs(upper.at[0] - lower.at[0]) >= Math.max(upper.width, NODE_SIZE.width);
      if (beside || apart < CLEAR) continue;
      stretch = Math.max(stretch, (upper.height + CLEAR) / apart);
    }
  });
  return Math.min(stretch, MOST);
}
