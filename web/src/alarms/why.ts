/** The steps of an alarm's ladder as bars: where the measured value lies, and where the threshold. */

import type { Reason } from "./types";

export type Rung = {
  /** Percent of the bar's width; null where there is no number to show. */
  value: number | null;
  asked: number | null;
};

/** A share is drawn from 0 to 1; anything else from 0 to a fifth beyond the larger of both. */
export function rung({ value, asked }: Pick<Reason, "value" | "asked">): Rung {
  if (value == null || !Number.isFinite(value)) return { value: null, asked: null };
  const known = asked != null && Number.isFinite(asked) ? asked : null;
  const most = Math.max(value, known ?? 0);
  const whole = most <= 1 ? 1 : most * 1.2;
  const place = (one: number) => Math.min(100, Math.max(0, (one / whole) * 100));
  return { value: place(value), asked: known === null ? null : place(known) };
}

export type Point = { x: number; y: number };

/** The looks' scores as points of a picture that is `width` wide and `height` high; time goes to the right. */
export function line(looks: { time: number; score: number }[], width: number, height: number): Point[] {
  const first = looks[0]?.time ?? 0;
  const span = (looks.at(-1)?.time ?? 0) - first;
  return looks.map(({ time, score }) => ({
    x: span > 0 ? ((time - first) / span) * width : width / 2,
    y: (1 - Math.min(1, Math.max(0, score))) * height,
  }));
}

export function path(points: Point[]): string {
  return points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
}
