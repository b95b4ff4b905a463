import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { page, serve, session, show } from "../test/page";
import HomePage from "./HomePage";

const run = { id: "r", name: "Heats", state: "done", videos: 2, fraction: 1, created: "2026-11-21T18:00:00Z" };
const answers = {
  "GET /api/session": session,
  "GET /api/videos": page([]),
  "GET /api/runs": page([]),
  "GET /api/pipelines": page([]),
  "GET /api/templates": [
    { name: "count", title: "Count people", about: "Who came and went.", picture: "/p", graph: {} },
  ],
};

it("leads somebody who is new through three steps", async () => {
  serve(answers);
  show(<HomePage />);
  const steps = within(await screen.findByRole("list", { name: "First steps" })).getAllByRole("listitem");
  expect(steps).toHaveLength(3);
  expect(screen.queryByText("Done")).toBeNull();
  expect(screen.getByRole("link", { name: "Upload videos" }).getAttribute("href")).toBe("/videos");
});

it("ticks what is done", async () => {
  const ready = { id: "v", name: "a.mp4", state: "ready", thumbnail: "", seconds: 3, created: run.created };
  serve({ ...answers, "GET /api/videos": page([ready]) });
  show(<HomePage />);
  const steps = within(await screen.findByRole("list", { name: "First steps" })).getAllByRole("listitem");
  expect(steps.map((step) => step.textContent?.includes("Done"))).toEqual([true, false, false]);
});

it("leaves the steps out for somebody who has results", async () => {
  serve({ ...answers, "GET /api/runs": page([run]), "GET /api/runs/r": { ...run, items: [] } });
  show(<HomePage />);
  expect(await screen.findByText("Heats")).toBeTruthy();
  expect(screen.queryByRole("list", { name: "First steps" })).toBeNull();
});

it("offers templates", async () => {
  serve(answers);
  show(<HomePage />);
  const link = await screen.findByRole("link", { name: /Count people/ });
  expect(link.getAttribute("href")).toBe("/pipelines/new?template=count");
});
