/** Boxes and keypoints over a picture. */

import { Fragment } from "react";
import classes from "./outlines.module.css";
import type { Outline } from "./types";

type Props = {
  annotations: Outline[];
  /** Of the picture, in its own pixels. */
  width: number;
  height: number;
  /** Picture pixels that one CSS pixel covers. */
  unit: number;
  colour: (label: string) => string;
  bones?: readonly (readonly number[])[];
  /** Annotations that a check points to. */
  suspected?: ReadonlySet<number>;
};

export function Outlines({ annotations, width, height, unit, colour, bones = [], suspected }: Props) {
  if (!annotations.length || !width || !height) return null;
  return (
    <svg
      className={classes.over}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="xMidYMid meet"
      role="img"
      aria-label={`${annotations.length} drawn`}
    >
      {annotations.map((one) => (
        <g key={one.annotation} style={{ color: colour(one.label) }}>
          {one.box && <Box outline={one} unit={unit} suspected={suspected?.has(one.annotation) ?? false} />}
          <Skeleton points={one.points ?? []} bones={bones} unit={unit} />
        </g>
      ))}
    </svg>
  );
}

function Box({ outline, unit, suspected }: { outline: Outline; unit: number; suspected: boolean }) {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = outline.box ?? [];
  const place = { x: x1, y: y1, width: Math.max(0, x2 - x1), height: Math.max(0, y2 - y1) };
  const high = 16 * unit;
  const above = y1 >= high;
  return (
    <>
      <rect {...place} className={classes.halo} />
      <rect {...place} className={classes.line} strokeDasharray={suspected ? "6 4" : undefined} />
      {outline.label && (
        <text
          x={x1 + 3 * unit}
          y={above ? y1 - 4 * unit : y1 + 13 * unit}
          fontSize={12 * unit}
          className={classes.word}
        >
          {outline.label}
        </text>
      )}
    </>
  );
}

type SkeletonProps = { points: readonly (readonly number[])[]; bones: readonly (readonly number[])[]; unit: number };

function Skeleton({ points, bones, unit }: SkeletonProps) {
  const seen = (number: number | undefined) => {
    const point = number === undefined ? undefined : points[number];
    return point && (point[2] ?? 0) > 0 ? point : null;
  };
  return (
    <>
      {bones.map(([from, to]) => {
        const [one, other] = [seen(from), seen(to)];
        if (!one || !other) return null;
        const ends = { x1: one[0], y1: one[1], x2: other[0], y2: other[1] };
        return <line key={`${from}-${to}`} {...ends} className={classes.line} />;
      })}
      {points.map(([x, y, visible = 0], number) =>
        visible > 0 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a keypoint is its number
          <Fragment key={number}>
            <circle cx={x} cy={y} r={4 * unit} className={visible > 1 ? classes.point : classes.hidden} />
          </Fragment>
        ) : null,
      )}
    </>
  );
}
