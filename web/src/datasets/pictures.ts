/** Sides that pictures are asked in: few, so that what was fetched once serves again. */
const SIDES = [96, 160, 256, 384, 512, 768, 1024, 1536, 2048];

/** The smallest of the sides that fills this many CSS pixels sharply. */
export function sideFor(pixels: number, ratio: number = window.devicePixelRatio || 1): number {
  const wanted = pixels * Math.min(ratio, 2);
  return SIDES.find((side) => side >= wanted) ?? 2048;
}

/** Where a picture of an item is; the version makes it a new address whenever the data set has changed. */
export function pictureOf(dataset: { id: string; version?: string }, row: number, side: number): string {
  const version = dataset.version ? `&v=${encodeURIComponent(dataset.version)}` : "";
  return `/api/datasets/${dataset.id}/items/${row}/picture.jpg?side=${side}${version}`;
}
