/** Figures of cameras and of the engine in words. */

import type { Camera } from "./types";

/** 4.96 -> "5", 0.42 -> "0.4": pictures a second as people say them. */
export function rate(fps: number | null | undefined): string {
  if (fps == null || !Number.isFinite(fps)) return "–";
  const rounded = Math.round(fps * 10) / 10;
  return rounded >= 100 ? Math.round(fps).toLocaleString("en-GB") : String(rounded);
}

/** 243.7 -> "244 ms", 1830 -> "1.8 s". */
export function milliseconds(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return "–";
  return value < 999.5 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

/** 0.0312 -> "3.1 %", 0.4 -> "40 %"; a share above nothing is never told as none. */
export function share(part: number): string {
  if (!Number.isFinite(part) || part <= 0) return "0 %";
  const hundredths = Math.min(1, part) * 100;
  if (hundredths < 0.1) return "< 0.1 %";
  return `${hundredths < 9.95 ? Number(hundredths.toFixed(1)) : Math.round(hundredths)} %`;
}

/** Seconds since 1970 as a time of day, with the date if it is another day: "18:06", "21 Nov, 18:06". */
export function clockText(seconds: number, now: Date = new Date()): string {
  const then = new Date(seconds * 1000);
  const time = then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (then.toDateString() === now.toDateString()) return time;
  return `${then.toLocaleDateString("en-GB", { day: "numeric", month: "short" })}, ${time}`;
}

type Counted = Pick<Camera, "dropped" | "analysed">;
export type Cause = { cause: string; text: string; count: number; share: number };

/** Of the pictures that were to be looked at, the share that was not. */
export function droppedShare({ dropped, analysed }: Counted): number {
  const lost = total(dropped);
  return lost + analysed > 0 ? lost / (lost + analysed) : 0;
}

/** Why pictures were not looked at, the commonest cause first. */
export function causes({ dropped, analysed }: Counted): Cause[] {
  const all = total(dropped) + analysed;
  return Object.entries(dropped)
    .filter(([, count]) => count > 0)
    .map(([cause, count]) => ({ cause, text: causeText(cause), count, share: count / all }))
    .sort((a, b) => b.count - a.count || a.text.localeCompare(b.text));
}

export function total(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

const CAUSES: Record<string, string> = {
  overtaken: "a newer picture took its place",
  stale: "waited for too long",
  "rules busy": "tracks and rules were busy with earlier ones",
  skipped: "skipped to save time",
  corrupt: "could not be decoded",
  failed: "the pipeline failed on it",
};

/** The engine's word for a cause as people say it. */
export function causeText(cause: string): string {
  return CAUSES[cause] ?? cause.replaceAll("_", " ");
}

/** One line for a tooltip: "3.1 % not looked at: 2.9 % waited for too long, 0.2 % could not be decoded". */
export function droppedText(counted: Counted): string {
  const all = causes(counted);
  if (!all.length) return "Every picture was looked at";
  return `${share(droppedShare(counted))} not looked at: ${all.map((one) => `${share(one.share)} ${one.text}`).join(", ")}`;
}

const STAGES: Record<string, string> = {
  decode: "Decoding",
  prepare: "Preparing",
  inference: "Models",
  lanes: "Tracks and rules",
};

/** A stage of the engine as people say it. */
export function stageText(name: string): string {
  return STAGES[name] ?? name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
}
