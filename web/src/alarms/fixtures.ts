/** Alarms for tests. */

import type { Alarm, AlarmFull } from "./types";

export function alarm(change: Partial<Alarm> = {}): Alarm {
  const id = change.id ?? "a1";
  return {
    id,
    camera: "gate",
    title: "dwell in yard (person)",
    pipeline: "intrusion",
    rule: "yard",
    what: "dwell",
    place: "yard",
    label: "person",
    track: 7,
    score: 0.71,
    value: 6.2,
    time: 100,
    wall: "2026-11-22T09:05:00Z",
    created: "2026-11-22T09:05:01Z",
    state: "open",
    snoozed_until: null,
    repeats: 0,
    why: "",
    picture: `/api/alarms/${id}/picture`,
    clip: `/api/alarms/${id}/clip`,
    ...change,
  };
}

export function full(change: Partial<AlarmFull> = {}): AlarmFull {
  const one = alarm(change);
  return {
    ...one,
    reasons: [
      { step: "median score", passed: true, text: "median score 0.71 of 12 looks", value: 0.71, asked: 0.5 },
      { step: "dwell", passed: false, text: "it stayed for 2.1 s, at least 3 s were asked", value: 2.1, asked: 3 },
    ],
    looks: [
      { time: 98, box: [0, 0, 10, 20], score: 0.6 },
      { time: 100, box: [5, 0, 15, 20], score: 0.8 },
    ],
    notes: [],
    deliveries: [],
    picture_clean: `/api/alarms/${one.id}/picture?boxes=false`,
    clip_problem: "",
    width: 640,
    height: 360,
    ...change,
  };
}

/** A page of the list. */
export function listed(items: Alarm[], next = "") {
  const counts = { open: 0, acknowledged: 0, snoozed: 0, false: 0 };
  for (const { state } of items) counts[state] += 1;
  return { items, next, total: items.length, counts };
}
