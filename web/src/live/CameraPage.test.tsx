import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { serve, session, show } from "../test/page";
import CameraPage from "./CameraPage";
import { camera } from "./fixtures";
import type { Camera } from "./types";

function open(change: Partial<Camera> = {}, at = "/wall/gate") {
  const one = camera({ name: "gate", title: "Gate", ...change });
  const asked = serve({
    "GET /api/session": session,
    "GET /api/live/cameras": [one],
    "GET /api/alarms": { items: [], next: "", total: 0, counts: {} },
    "POST /api/live/cameras/gate/pause": one,
    "POST /api/live/cameras/gate/resume": one,
    "DELETE /api/live/cameras/gate": {},
  });
  show(<CameraPage />, { at, path: "/wall/:name" });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

it("shows all figures of a camera's health", async () => {
  open({ dropped: { stale: 150, overtaken: 50 }, analysed: 9800, reconnects: 3 });
  const figures = await screen.findByRole("region", { name: "Health" });
  expect(within(figures).getByText("4.9 of 5 a second")).toBeTruthy();
  expect(within(figures).getByText("2 %")).toBeTruthy();
  const why = within(figures).getByRole("list", { name: "Why pictures were not looked at" });
  expect(within(why).getByText("150 pictures · 1.5 %")).toBeTruthy();
  expect(within(figures).getByRole("row", { name: /To the answer 120 ms 340 ms 610 ms/ })).toBeTruthy();
  expect(within(figures).getByText("1920 × 1080")).toBeTruthy();
  expect(within(figures).getByText("3 times")).toBeTruthy();
});

it("pauses a camera, and removes it only when asked twice", async () => {
  const asked = open();
  const told = () => asked.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
  await userEvent.click(await screen.findByRole("button", { name: "Pause" }));
  await waitFor(() => expect(told()).toEqual(["POST /api/live/cameras/gate/pause"]));
  await userEvent.click(screen.getByRole("button", { name: "Remove" }));
  expect(told()).toHaveLength(1);
  await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Remove" }));
  expect(await screen.findByTestId("elsewhere")).toBeTruthy();
  expect(told()[1]).toBe("DELETE /api/live/cameras/gate");
});

it("resumes what is paused, and removes nothing that stands in the cameras file", async () => {
  const asked = open({ state: "paused", origin: "file" });
  await userEvent.click(await screen.findByRole("button", { name: "Resume" }));
  await waitFor(() => expect(asked.some(({ path }) => path.endsWith("/resume"))).toBe(true));
  expect(screen.getByRole("button", { name: "Remove" }).hasAttribute("disabled")).toBe(true);
});

it("says why it does not do what it should", async () => {
  open({ state: "stalled", problem: "no picture has come for 6 seconds" });
  expect(await screen.findByText("No picture has come for 6 seconds.")).toBeTruthy();
});

it("says that there is no such camera", async () => {
  open({}, "/wall/elsewhere");
  expect(await screen.findByText("There is no such camera")).toBeTruthy();
});
