/** Alarms in words. */

import type { Alarm, AlarmState, Note } from "./types";

export const STATES: { value: AlarmState; text: string; colour: string }[] = [
  { value: "open", text: "Open", colour: "red" },
  { value: "acknowledged", text: "Acknowledged", colour: "green" },
  { value: "snoozed", text: "Snoozed", colour: "gray" },
  { value: "false", text: "False alarm", colour: "yellow" },
];

export function stateOf(state: AlarmState) {
  return STATES.find(({ value }) => value === state) ?? { value: state, text: state, colour: "gray" };
}

const DID: Record<string, string> = {
  enter: "came into",
  leave: "left",
  dwell: "stayed in",
  loiter: "hung about in",
  cross_in: "crossed inwards",
  cross_out: "crossed outwards",
  cross: "crossed",
  speed: "was too fast in",
  count: "too many in",
  left_object: "was left in",
};

type What = Pick<Alarm, "what" | "place" | "label">;

/** "Person stayed in yard"; an event that has no words of its own stands as it is. */
export function whatText({ what, place, label }: What): string {
  const did = DID[what.trim().replaceAll(" ", "_").toLowerCase()];
  if (!did) return capital([plain(what) || "alarm", place && `at ${place}`].filter(Boolean).join(" "));
  if (!place) return capital(`${label || "something"} ${did.replace(/ (in|into)$/, "")}`);
  return capital(`${label || "something"} ${did} ${place}`);
}

function plain(text: string): string {
  return text.replaceAll("_", " ");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** 0.713 -> "71 %"; nothing for none. */
export function scoreText(score: number | null): string {
  return score == null || !Number.isFinite(score) ? "" : `${Math.round(score * 100)} %`;
}

/** A measured number as people read it: 0.7134 -> "0.71", 12.5 -> "12.5", 340.2 -> "340". */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString("en-GB");
  return String(Number(value.toFixed(size >= 10 ? 1 : 2)));
}

const NOTES: Record<Note["kind"], string> = {
  comment: "wrote",
  acknowledged: "acknowledged it",
  snoozed: "snoozed it",
  false: "called it a false alarm",
  reopened: "opened it again",
};

/** "Ada called it a false alarm"; without accounts nobody is named. */
export function noteText({ kind, who }: Pick<Note, "kind" | "who">): string {
  const did = NOTES[kind] ?? kind;
  return capital(who ? `${who} ${did}` : `somebody ${did}`);
}

/** Time of day with seconds, with the date if it is another day: "18:06:12", "21 Nov, 18:06:12". */
export function whenText(value: string, now: Date = new Date()): string {
  const then = new Date(value);
  const time = then.toLocaleTimeString("en-GB");
  if (then.toDateString() === now.toDateString()) return time;
  return `${then.toLocaleDateString("en-GB", { day: "numeric", month: "short" })}, ${time}`;
}

export const SNOOZES: { minutes: number; text: string }[] = [
  { minutes: 15, text: "15 minutes" },
  { minutes: 60, text: "1 hour" },
  { minutes: 480, text: "8 hours" },
];
