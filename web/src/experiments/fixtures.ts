/** Records as the server tells them, for tests. */

import type { Curve, Experiments, Run, RunRow, RunsPage } from "./types";

export const ID = "a".repeat(32);
export const OTHER = "b".repeat(32);

export function experiments(...names: string[]): Experiments {
  const items = names.map((name, at) => ({ name, runs: 2 + at, newest: "2026-11-21T18:00:00Z" }));
  return { store: "/records", how: "trackside train photos/ --store /records", items };
}

export function row(id: string, more: Partial<RunRow> = {}): RunRow {
  return {
    id,
    name: `run ${id.slice(0, 4)}`,
    status: "finished",
    started: "2026-11-21T18:00:00Z",
    seconds: 75,
    settings: { rate: "0.001", seed: "0" },
    metrics: {
      "validation/accuracy": { last: 0.9, min: 0.5, max: 0.92 },
      "validation/loss": { last: 0.25, min: 0.2, max: 1 },
      "train/loss": { last: 0.1, min: 0.1, max: 1.2 },
    },
    ...more,
  };
}

export function runsPage(more: Partial<RunsPage> = {}): RunsPage {
  const metric = (name: string, lower: boolean) => ({
    key: `metric:${name}`,
    name,
    kind: "metric" as const,
    numeric: true,
    varies: true,
    lower,
    categories: [],
  });
  const setting = (name: string, varies: boolean) => ({
    key: `setting:${name}`,
    name,
    kind: "setting" as const,
    numeric: true,
    varies,
    categories: [],
  });
  const worse = { "validation/accuracy": { last: 0.8, min: 0.5, max: 0.81 } };
  return {
    experiment: "poses",
    columns: [
      setting("rate", true),
      setting("seed", false),
      metric("train/loss", true),
      metric("validation/accuracy", false),
      metric("validation/loss", true),
    ],
    main: "validation/accuracy",
    statuses: ["finished", "failed"],
    rows: [row(ID), row(OTHER, { settings: { rate: "0.01", seed: "0" }, metrics: worse, status: "failed" })],
    total: 2,
    offset: 0,
    ...more,
  };
}

export function curve(name: string, values: (number | null)[], more: Partial<Curve> = {}): Curve {
  return {
    name,
    lower: name.endsWith("loss"),
    steps: values.map((_, step) => step),
    values,
    times: values.map((_, step) => step),
    odd: values.flatMap((value, at) => (value === null ? [{ at, was: "nan" as const }] : [])),
    points: values.length,
    not_finite: values.filter((value) => value === null).length,
    thinned: false,
    ...more,
  };
}

export function run(more: Partial<Run> = {}): Run {
  const file = `/api/experiments/runs/${ID}/file?path=`;
  return {
    id: ID,
    name: "frozen backbone",
    experiment: "poses",
    status: "finished",
    started: "2026-11-21T18:00:00Z",
    ended: "2026-11-21T18:01:15Z",
    seconds: 75,
    starts: 1,
    seed: "7",
    settings: { rate: "0.001", optimizer: "adamw" },
    metrics: [
      { name: "validation/loss", lower: true, last: 0.25, min: 0.2, max: 1, points: 20, step: 19, not_finite: 0 },
    ],
    code: {
      commit: "0123456789abcdef0123456789abcdef01234567",
      branch: "main",
      changed: true,
      changes: `${file}code%2Fchanges-1.diff`,
      folder: "/code",
      program: "train.py",
      note: "",
    },
    machine: { host: "poolside", cores: "8" },
    versions: { python: "3.12.1", torch: "2.9.0" },
    tags: {},
    files: [
      { path: "mistakes.png", bytes: 2000, media_type: "image/png", kind: "picture", address: `${file}mistakes.png` },
      { path: "clip.mp4", bytes: 9000, media_type: "video/mp4", kind: "video", address: `${file}clip.mp4` },
      { path: "weights.safetensors", bytes: 9, media_type: "", kind: "other", address: `${file}weights.safetensors` },
    ],
    files_note: "",
    reports: [
      {
        name: "pre-flight",
        title: "Pre-flight",
        verdict: "warn",
        counts: { ok: 10, warn: 1 },
        page: `${file}pre-flight.html`,
        facts: `${file}pre-flight.json`,
      },
    ],
    ...more,
  };
}
