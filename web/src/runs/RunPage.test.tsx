import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { serve, show } from "../test/page";
import type { RunFull, RunVideo } from "./queries";
import RunPage from "./RunPage";

const VIDEO: RunVideo = {
  id: "i1",
  video_id: "v1",
  video_name: "gate.mp4",
  state: "done",
  stage: "",
  fraction: 1,
  records: 100,
  rate: 0,
  seconds_left: null,
  attempts: 1,
  problems: [],
  live: "",
  place: null,
  bytes: 1000,
  started: null,
  finished: null,
};
const RUN: RunFull = {
  id: "r1",
  name: "Saturday",
  pipeline_name: "Count people",
  pipeline_id: "p1",
  pipeline_version: 2,
  state: "done",
  slot: "cpu",
  priority: 0,
  videos: 1,
  videos_done: 1,
  videos_failed: 0,
  fraction: 1,
  seconds_left: null,
  owner: "ada",
  created: "2026-11-21T18:00:00Z",
  started: null,
  finished: null,
  graph: { pipeline: "count-people", about: "", blocks: { detect: { use: "detect.objects@1" } }, save: [], layout: {} },
  items: [VIDEO],
};
const FAILED: RunVideo = {
  ...VIDEO,
  id: "i2",
  video_name: "broken.mp4",
  state: "failed",
  problems: [{ what: "the frames cannot be read", fix: "convert it to MP4", block: "source", port: "images" }],
};

const SESSION = { name: "ada", role: "analyst", signed_in: true, accounts: true, version: "1", most_upload: 1 };

function open(run: RunFull, session: object = SESSION) {
  const answers = { "GET /api/session": session, "GET /api/runs/r1": run, "POST /api/runs/r1/retry": run };
  const asked = serve({ ...answers, "GET /api/runs/r1/log": [] });
  show(<RunPage />, { at: "/runs/r1", path: "/runs/:id" });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

it("a run that went well leads to its results and offers no retry", async () => {
  open(RUN);
  expect(await screen.findByRole("heading", { name: "Saturday" })).toBeTruthy();
  expect(screen.getByRole("link", { name: /Download all/ }).getAttribute("href")).toBe("/api/runs/r1/zip");
  expect(screen.getByRole("link", { name: /result of gate/ }).getAttribute("href")).toBe("/results/i1");
  expect(screen.queryByRole("button", { name: /Retry/ })).toBeNull();
});

it("a failed video says where, what and what to do, and only failed ones are done again", async () => {
  const asked = open({ ...RUN, state: "failed", videos: 2, videos_failed: 1, items: [VIDEO, FAILED] });
  const row = await screen.findByRole("article", { name: "broken.mp4" });
  expect(within(row).getByText("source → images: the frames cannot be read; convert it to MP4")).toBeTruthy();
  await userEvent.click(await screen.findByRole("button", { name: "Retry failed (1)" }));
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toContain("POST /api/runs/r1/retry");
});

it("a viewer may look and download, but neither cancel nor delete", async () => {
  open({ ...RUN, state: "running", fraction: 0.5 }, { ...SESSION, role: "viewer" });
  expect(await screen.findByRole("link", { name: /Download all/ })).toBeTruthy();
  expect(screen.queryByRole("button", { name: /Cancel/ })).toBeNull();
});
