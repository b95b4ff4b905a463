/** How runs read: counts, priorities, what may be done with them. */

import type { Shape } from "../api/client";
import { about, counted, duration } from "../shared/format";

type Run = Shape<"RunShape">;
type RunVideo = Shape<"RunVideoShape">;
type Queue = Shape<"QueueShape">;

/** Whether it waits or works: then it changes by itself. */
export function live(state: Run["state"]): boolean {
  return state === "queued" || state === "running";
}

/** `3 of 5 videos, 1 failed`. */
export function progressText(run: Pick<Run, "videos" | "videos_done" | "videos_failed">): string {
  const all = run.videos_done >= run.videos;
  const done = all ? counted(run.videos, "video") : `${run.videos_done} of ${counted(run.videos, "video")}`;
  return run.videos_failed ? `${done}, ${run.videos_failed} failed` : done;
}

/** `about 2 minutes left`; empty when nobody knows or nothing is left. */
export function leftText(one: { state: Run["state"]; seconds_left?: number | null }): string {
  return one.state === "running" && one.seconds_left != null ? `${about(one.seconds_left)} left` : "";
}

/** `took 1:20` once it has ended; empty before, and when it never began. */
export function tookText(run: Pick<Run, "started" | "finished">): string {
  if (!run.started || !run.finished) return "";
  return `took ${duration((Date.parse(run.finished) - Date.parse(run.started)) / 1000)}`;
}

export const PRIORITIES = [
  { value: 5, label: "High" },
  { value: 0, label: "Normal" },
  { value: -5, label: "Low" },
] as const;

/** The word for a number from -10 to 10. */
export function priorityText(priority: number): "High" | "Normal" | "Low" {
  return priority > 0 ? "High" : priority < 0 ? "Low" : "Normal";
}

/** What a person may do with a run now. */
export function possible(run: Pick<Run, "state" | "videos_done"> & { items: Pick<RunVideo, "state">[] }) {
  const again = run.items.filter((item) => item.state === "failed" || item.state === "cancelled").length;
  const running = live(run.state);
  return { cancel: running, retry: running ? 0 : again, download: run.videos_done > 0, hasten: running };
}

/** What the workers do, in one line. */
export function queueText(queue: Queue): string {
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
  const [running, waiting] = [sum(queue.running), sum(queue.waiting)];
  if (!running && !waiting) return "Nothing is running.";
  const places = sum(queue.slots);
  const most = waiting ? ` ${counted(places, "video")} at a time.` : "";
  return `${counted(running, "video")} running, ${waiting} waiting.${most}`;
}

/** Kinds of slots that a run can ask for. */
export function slotsOf(queue: Queue | undefined): ("cpu" | "gpu")[] {
  return (queue?.slots.gpu ?? 0) > 0 ? ["cpu", "gpu"] : ["cpu"];
}
