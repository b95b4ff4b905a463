/** The span of time that all plots of a page show. */

import { useSyncExternalStore } from "react";

export type Range = [number, number];

export class Zoom {
  range: Range;
  private readonly watchers = new Set<() => void>();

  constructor(readonly whole: Range) {
    this.range = whole;
  }

  get zoomed(): boolean {
    return this.range !== this.whole;
  }

  set(range: Range | "all"): void {
    const next = range === "all" || same(range, this.whole) ? this.whole : range;
    if (same(next, this.range)) return;
    this.range = next;
    for (const watcher of this.watchers) watcher();
  }

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };
}

function same(one: Range, other: Range): boolean {
  return Math.abs(one[0] - other[0]) < 1e-6 && Math.abs(one[1] - other[1]) < 1e-6;
}

export function useRange(zoom: Zoom): Range {
  return useSyncExternalStore(zoom.watch, () => zoom.range);
}
