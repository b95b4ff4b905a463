import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { refusal, serve, session, show } from "../../test/page";
import ChannelsTab from "./ChannelsTab";
import type { Channel } from "./kinds";

const channel: Channel = {
  id: "c1",
  title: "Guards",
  kind: "mqtt",
  settings: { kind: "mqtt", host: "broker", port: 1883, topic: "alarms" },
  has_password: true,
  active: true,
  cameras: [],
  rules: [],
  least_score: 0,
  created: "2026-11-22T09:00:00Z",
  waiting: 3,
  last_state: "given up",
  last_answer: "the broker is away",
};

function open(more: Record<string, unknown> = {}, list = [channel]) {
  const asked = serve({
    "GET /api/session": session,
    "GET /api/alarm-channels": list,
    "GET /api/alarms/summary": { rows: [], cameras: [] },
    "PATCH /api/alarm-channels/c1": { ...channel, active: false },
    "DELETE /api/alarm-channels/c1": { state: "done" },
    ...more,
  });
  show(<ChannelsTab />);
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

it("says how the last message went and how many wait", async () => {
  open();
  const card = await screen.findByRole("article", { name: "Guards" });
  expect(within(card).getByText("Given up")).toBeTruthy();
  expect(within(card).getByText("the broker is away")).toBeTruthy();
  expect(within(card).getByText("3 alarms waiting")).toBeTruthy();
});

it("tells what came of a test", async () => {
  open({ "POST /api/alarm-channels/c1/test": { sent: false, answer: "the name is unknown" } });
  await userEvent.click(await screen.findByRole("button", { name: "Send a test" }));
  expect(await screen.findByText("The test has not arrived. The name is unknown.")).toBeTruthy();
});

it("switches off, and removes only when asked twice", async () => {
  const asked = open();
  await userEvent.click(await screen.findByRole("switch", { name: "Guards is on" }));
  await waitFor(() => expect(asked.find(({ method }) => method === "PATCH")?.body).toEqual({ active: false }));
  await userEvent.click(screen.getByRole("button", { name: "Remove" }));
  expect(asked.some(({ method }) => method === "DELETE")).toBe(false);
  await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(asked.some(({ method }) => method === "DELETE")).toBe(true));
});

it("shows a webhook's secret once", async () => {
  const made = { ...channel, kind: "webhook", secret: "whsec_abc" };
  const asked = open({ "POST /api/alarm-channels": made }, []);
  await userEvent.click(await screen.findByRole("button", { name: "Add" }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.click(within(dialog).getByRole("radio", { name: /Webhook/ }));
  await userEvent.type(within(dialog).getByRole("textbox", { name: /^Address/ }), "https://a.example");
  await userEvent.click(within(dialog).getByRole("button", { name: "Add" }));
  expect(await screen.findByText("whsec_abc")).toBeTruthy();
  const settings = { kind: "webhook", url: "https://a.example" };
  expect(asked.find(({ method }) => method === "POST")?.body).toMatchObject({ settings });
  await userEvent.click(screen.getByRole("button", { name: "I have kept it" }));
  expect(screen.queryByText("whsec_abc")).toBeNull();
});

it("keeps the form open with the server's sentence when it refuses", async () => {
  open({ "POST /api/alarm-channels": refusal(422, "this is no name of a machine") }, []);
  await userEvent.click(await screen.findByRole("button", { name: "Add" }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.type(within(dialog).getByRole("textbox", { name: /^Broker/ }), "a b");
  await userEvent.click(within(dialog).getByRole("button", { name: "Add" }));
  expect(await within(dialog).findByText("This is no name of a machine.")).toBeTruthy();
});
