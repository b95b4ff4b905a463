/** A camera and an engine for tests. */

import type { Camera, Health } from "./types";

const NONE = { p50: null, p95: null, p99: null };

export function camera(change: Partial<Camera> = {}): Camera {
  const name = change.name ?? "gate";
  return {
    name,
    title: "",
    state: "live",
    problem: "",
    since: 1_700_000_000,
    fps_in: 25,
    fps_wanted: 5,
    fps_analysed: 4.9,
    analysed: 9800,
    dropped: {},
    reconnects: 0,
    latency_ms: { p50: 120, p95: 340, p99: 610 },
    staleness_ms: NONE,
    width: 1920,
    height: 1080,
    decoder: "h264",
    effort: "all",
    pipeline: "guard-an-area",
    address: "rtsp://camera/stream1",
    alarms_open: 0,
    picture: `/api/live/cameras/${name}/picture`,
    origin: "page",
    ...change,
  };
}

export const health: Health = {
  running: true,
  why: "",
  seconds: 60,
  bottleneck: { stage: "inference", why: "the model is executed 94 % of the time" },
  stages: [
    { name: "decode", busy: 0.6, queue: 0, threads: 2 },
    { name: "inference", busy: 0.94, queue: 12, threads: 1 },
  ],
  cameras: {},
  fps_in: 50,
  fps_wanted: 10,
  fps_analysed: 9.8,
  dropped: {},
  batch: { size: 16, occupancy: 0.96 },
  models: [],
};
