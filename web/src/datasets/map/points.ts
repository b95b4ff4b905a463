/** The map's points as plain arrays, and their colours. */

import { heat } from "../colours";
import type { Filters } from "../look/filters";
import type { MapPoints } from "../types";
import { areaOf, isInside } from "./area";
import { pixelOf } from "./paint";

export type Points = {
  x: Float32Array;
  y: Float32Array;
  labels: number[];
  classes: string[];
  splits: number[];
  splitNames: string[];
  suspicion: number[];
  /** How many have a place. */
  count: number;
};
export type ColourBy = "class" | "split" | "suspicion";

export function pointsOf(map: MapPoints): Points {
  const x = Float32Array.from(map.x, (value) => value ?? Number.NaN);
  const y = Float32Array.from(map.y, (value) => value ?? Number.NaN);
  const known = x.filter((value) => !Number.isNaN(value)).length;
  return {
    x,
    y,
    labels: map.labels,
    classes: map.classes,
    splits: map.splits,
    splitNames: map.split_names,
    suspicion: map.suspicion,
    count: known,
  };
}

export function labelAt({ classes, labels }: Points, at: number): string {
  return classes[labels[at] ?? -1] ?? "";
}

export function splitAt({ splitNames, splits }: Points, at: number): string {
  return splitNames[splits[at] ?? -1] ?? "";
}

/** Tells of each point whether it belongs to what the grid shows, as far as the map can tell. */
function shownBy(points: Points, { label, split, area }: Filters): (at: number) => boolean {
  const corners = areaOf(area);
  const lies = (at: number) => isInside([points.x[at] ?? 0, points.y[at] ?? 0], corners);
  return (at) =>
    (label === null || labelAt(points, at) === label) &&
    (split === null || splitAt(points, at) === split) &&
    (corners.length === 0 || lies(at));
}

/** A pixel's value for each point; what the grid does not show is faint. */
export function coloured(
  points: Points,
  by: ColourBy,
  filters: Filters,
  colour: { label: (name: string) => string; split: (name: string) => string },
): Uint32Array {
  const shades = new Map<string, [strong: number, faint: number]>();
  const shade = (text: string) => {
    let made = shades.get(text);
    if (!made) {
      made = [pixelOf(text), pixelOf(text, 36)];
      shades.set(text, made);
    }
    return made;
  };
  const names = {
    class: (at: number) => colour.label(labelAt(points, at)),
    split: (at: number) => colour.split(splitAt(points, at)),
    suspicion: (at: number) => heat(points.suspicion[at] ?? 0),
  };
  const isShown = shownBy(points, filters);
  return Uint32Array.from(points.x, (_, at) => {
    const [strong, faint] = shade(names[by](at));
    return isShown(at) ? strong : faint;
  });
}

/** In which order points are painted: mixed, so that no class hides another; the suspicious ones on top. */
export function paintOrder(points: Points, by: ColourBy): Uint32Array {
  const all = Uint32Array.from(points.x.keys());
  if (by === "suspicion") return all.sort((a, b) => (points.suspicion[a] ?? 0) - (points.suspicion[b] ?? 0));
  // Knuth's multiplicative hashing: as good as a shuffle here, and the same every time.
  const hash = (at: number) => Math.imul(at, 2654435761) >>> 0;
  return all.sort((a, b) => hash(a) - hash(b));
}
