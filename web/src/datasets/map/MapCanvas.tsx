import { useEffect, useMemo, useRef, useState } from "react";
import type { Filters } from "../look/filters";
import { useSize } from "../look/useScroll";
import { pictureOf } from "../pictures";
import type { Dataset } from "../types";
import { areaOf } from "./area";
import classes from "./map.module.css";
import { nearest, sorted } from "./near";
import { paintPoints, pointSize } from "./paint";
import { type ColourBy, coloured, labelAt, type Points, paintOrder } from "./points";
import { useMapPointer } from "./useMapPointer";
import { type Point, panned, toPixel, type View, whole, zoomed } from "./view";

type Props = {
  dataset: Dataset;
  points: Points;
  by: ColourBy;
  filters: Filters;
  colours: { label: (name: string) => string; split: (name: string) => string };
  /** A drag draws around pictures instead of moving the map. */
  drawing: boolean;
  /** Of the buttons: 1 closer, -1 farther, 0 all; `at` counts the presses. */
  zoom: { step: number; at: number };
  onArea: (area: string) => void;
  onOpen: (row: number) => void;
};

const STEP = 1.4;
// Pixels from the pointer within which a point is meant.
const REACH = 9;

export function MapCanvas({ dataset, points, by, filters, colours, drawing, zoom, onArea, onOpen }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(box);
  const [chosenView, setView] = useState<View | null>(null);
  const view = chosenView ?? whole(size);
  const near = useMemo(() => sorted(points.x, points.y), [points]);
  const order = useMemo(() => paintOrder(points, by), [points, by]);
  const shades = useMemo(() => coloured(points, by, filters, colours), [points, by, filters, colours]);
  const [hovered, setHovered] = useState(-1);

  const middle: Point = [size.width / 2, size.height / 2];
  // biome-ignore lint/correctness/useExhaustiveDependencies: once a press
  useEffect(() => {
    if (!zoom.at) return;
    setView(zoom.step === 0 ? null : zoomed(view, size, middle, zoom.step > 0 ? STEP : 1 / STEP));
  }, [zoom]);

  usePainted(canvas, points, order, shades, view, size);
  const find = (at: Point) => nearest(near, at, REACH / view.scale);
  const pointer = useMapPointer({ box, view, size, drawing, find, setView, setHovered, onArea, onOpen });

  const press = (event: React.KeyboardEvent) => {
    const moves: Record<string, Point> = {
      ArrowLeft: [60, 0],
      ArrowRight: [-60, 0],
      ArrowUp: [0, 60],
      ArrowDown: [0, -60],
    };
    const move = moves[event.key];
    if (move) setView(panned(view, ...move));
    else if (event.key === "+" || event.key === "-")
      setView(zoomed(view, size, middle, event.key === "+" ? STEP : 1 / STEP));
    else if (event.key === "Escape" && filters.area) onArea("");
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const corners = pointer.outline ?? areaOf(filters.area).map((corner) => toPixel(view, size, corner));
  return (
    <div
      ref={box}
      className={classes.canvas}
      data-drawing={drawing || undefined}
      role="application"
      aria-label="Points of the map; arrow keys move it, plus and minus change how close it is"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved by keys
      tabIndex={0}
      onKeyDown={press}
      {...pointer.handlers}
    >
      <canvas ref={canvas} aria-hidden />
      {corners.length > 2 && (
        <svg className={classes.outline} aria-hidden>
          <polygon points={corners.map((corner) => corner.join(",")).join(" ")} />
        </svg>
      )}
      {hovered >= 0 && <Hovered dataset={dataset} points={points} at={hovered} view={view} size={size} />}
    </div>
  );
}

/** Paints whenever something has changed, once a frame at most. */
function usePainted(
  canvas: React.RefObject<HTMLCanvasElement | null>,
  points: Points,
  order: Uint32Array,
  shades: Uint32Array,
  view: View,
  size: { width: number; height: number },
) {
  const { x, y, scale } = view;
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const element = canvas.current;
      const ratio = Math.min(2, window.devicePixelRatio || 1);
      const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
      const context = element?.getContext("2d");
      if (!element || !context || !width || !height) return;
      if (element.width !== width || element.height !== height) {
        element.width = width;
        element.height = height;
      }
      const picture = context.createImageData(width, height);
      const pixels = new Uint32Array(picture.data.buffer);
      const across = pointSize(points.count, scale / whole(size).scale, ratio);
      const sharp = { x, y, scale: scale * ratio };
      paintPoints(pixels, { width, height }, sharp, points.x, points.y, shades, order, across);
      context.putImageData(picture, 0, 0);
    });
    return () => cancelAnimationFrame(frame);
  }, [canvas, points, order, shades, x, y, scale, size]);
}

type HoveredProps = Pick<Props, "dataset" | "points"> & {
  at: number;
  view: View;
  size: { width: number; height: number };
};

/** The picture under the pointer; it never covers it. */
function Hovered({ dataset, points, at, view, size }: HoveredProps) {
  const [px, py] = toPixel(view, size, [points.x[at] ?? 0, points.y[at] ?? 0]);
  const left = px > size.width / 2;
  const above = py > size.height / 2;
  const place = {
    [left ? "right" : "left"]: left ? size.width - px + 14 : px + 14,
    [above ? "bottom" : "top"]: above ? size.height - py + 14 : py + 14,
  };
  return (
    <div className={classes.hovered} style={place}>
      <img src={pictureOf(dataset, at, 256)} alt="" />
      <span>{labelAt(points, at) || "no class"}</span>
    </div>
  );
}
