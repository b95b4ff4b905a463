/** Where the cells of the grid lie. Sizes are CSS pixels. */
export type Geometry = { columns: number; rows: number; cell: number; row: number; height: number };

export const GAP = 6;
// Browsers cannot lay out boxes that are higher: 17.9 million pixels in Firefox, 33.5 in Chrome.
const HIGHEST = 15_000_000;

/** As many columns of about the wanted size as fit; more of them where the grid would be too high otherwise. */
export function geometryOf(width: number, total: number, wanted: number, caption: number): Geometry {
  const fit = Math.max(1, Math.floor((width + GAP) / (wanted + GAP)));
  let columns = Math.max(fit, width < 2 * wanted ? 2 : 1);
  let made = laidOut(width, total, columns, caption);
  while (made.height > HIGHEST && made.cell > 8) made = laidOut(width, total, ++columns, caption);
  return made;
}

function laidOut(width: number, total: number, columns: number, caption: number): Geometry {
  const cell = Math.max(8, Math.floor((width - GAP * (columns - 1)) / columns));
  const row = cell + caption + GAP;
  const rows = Math.ceil(total / columns);
  return { columns, rows, cell, row, height: Math.max(0, rows * row - GAP) };
}

/** The rows of the grid that are in sight, and some above and below. */
export function rowsInSight(
  geometry: Geometry,
  top: number,
  height: number,
  spare: number,
): [from: number, to: number] {
  const from = Math.max(0, Math.floor(top / geometry.row) - spare);
  const to = Math.min(geometry.rows, Math.ceil((top + height) / geometry.row) + spare);
  return [Math.min(from, to), to];
}

/** Where to scroll so that a cell is seen whole; null if it is already. */
export function scrollTo(geometry: Geometry, index: number, top: number, height: number): number | null {
  const above = Math.floor(index / geometry.columns) * geometry.row;
  if (above < top) return above;
  const below = above + geometry.row - GAP;
  return below > top + height ? below - height : null;
}

const STEPS: Record<string, (geometry: Geometry, page: number) => number> = {
  ArrowLeft: () => -1,
  ArrowRight: () => 1,
  ArrowUp: ({ columns }) => -columns,
  ArrowDown: ({ columns }) => columns,
  PageUp: ({ columns }, page) => -columns * page,
  PageDown: ({ columns }, page) => columns * page,
};

/** Where a key leads from a cell; null if the key leads nowhere. */
export function moved(key: string, from: number, total: number, geometry: Geometry, height: number): number | null {
  if (key === "Home") return 0;
  if (key === "End") return total - 1;
  const page = Math.max(1, Math.floor(height / geometry.row));
  const step = STEPS[key]?.(geometry, page);
  if (step === undefined) return null;
  const to = from + step;
  // Up and down stay in their column.
  if (key === "ArrowUp" && to < 0) return from;
  if (key === "ArrowDown" && to >= total)
    return Math.floor(from / geometry.columns) < geometry.rows - 1 ? total - 1 : from;
  return Math.min(total - 1, Math.max(0, to));
}
