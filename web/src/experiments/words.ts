/** How numbers, times and states of experiments read. */

import type { StatusPill } from "../shared/StatusPill";

/** 0.912345 -> "0.9123", 0.0000123 -> "1.23e-5"; a dash for what is absent or not finite. */
export function number(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4)
    return value
      .toExponential(2)
      .replace("e+", "e")
      .replace(/\.?0+e/, "e");
  if (Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(size >= 1e4 ? 6 : 4)));
}

/** How long a training took: 0.42 -> "0.4 s", 75 -> "1 min 15 s", 7384 -> "2 h 3 min". */
export function took(seconds: number | null | undefined): string {
  if (seconds == null || !Number.isFinite(seconds)) return "–";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

type Pill = Parameters<typeof StatusPill>[0];
const STATES: Record<string, Pill> = {
  running: { state: "running" },
  finished: { state: "done", text: "Finished" },
  failed: { state: "failed" },
  killed: { state: "cancelled", text: "Stopped" },
};

/** The pill of a run's status, as MLflow calls it. */
export function pillOf(status: string): Pill {
  return STATES[status] ?? { state: "waiting", text: status };
}

/** A text as one word of a command line. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}
