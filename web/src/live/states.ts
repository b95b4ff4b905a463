/** The states of a camera in words, and which cameras the wall shows in which order. */

import type { Camera, State } from "./types";

/** Those that need somebody first come first. */
export const STATES: { value: State; text: string; colour: string }[] = [
  { value: "failed", text: "Failed", colour: "red" },
  { value: "stalled", text: "Stalled", colour: "red" },
  { value: "reconnecting", text: "Reconnecting", colour: "yellow" },
  { value: "connecting", text: "Connecting", colour: "brand" },
  { value: "stopped", text: "Stopped", colour: "gray" },
  { value: "paused", text: "Paused", colour: "gray" },
  { value: "live", text: "Live", colour: "green" },
];

const rank = new Map<State, number>(STATES.map(({ value }, place) => [value, place]));

export function stateOf(state: State) {
  return STATES.find(({ value }) => value === state) ?? { value: state, text: state, colour: "gray" };
}

/** Whether pictures are to be expected from a camera in this state. */
export function sends(state: State): boolean {
  return state === "live" || state === "stalled" || state === "reconnecting";
}

export type Sort = "name" | "state" | "alarms";
export type Filters = { q: string; state: State | ""; alarms: boolean; sort: Sort };

// "camera 2" stands before "camera 10".
const order = new Intl.Collator("en-GB", { numeric: true, sensitivity: "base" });

/** The cameras that fit, in the order that is asked for; equal ones by name, so that they stand still. */
export function shown(cameras: Camera[], { q, state, alarms, sort }: Filters): Camera[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (camera: Camera) => {
    const text = `${camera.name} ${camera.title} ${camera.pipeline} ${camera.address}`.toLowerCase();
    return (
      words.every((word) => text.includes(word)) &&
      (!state || camera.state === state) &&
      (!alarms || camera.alarms_open > 0)
    );
  };
  return cameras.filter(fits).sort((a, b) => first(sort, a, b) || order.compare(named(a), named(b)));
}

function first(sort: Sort, a: Camera, b: Camera): number {
  if (sort === "alarms") return b.alarms_open - a.alarms_open;
  if (sort === "state") return (rank.get(a.state) ?? 0) - (rank.get(b.state) ?? 0);
  return 0;
}

/** What people call a camera. */
export function named(camera: Pick<Camera, "name" | "title">): string {
  return camera.title || camera.name;
}

/** How many cameras are in each state, in the order of `STATES`; none are left out. */
export function counts(cameras: Pick<Camera, "state">[]): { state: State; count: number }[] {
  return STATES.map(({ value }) => ({
    state: value,
    count: cameras.filter((camera) => camera.state === value).length,
  })).filter(({ count }) => count > 0);
}
