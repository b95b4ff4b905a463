import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { refusal, serve, session, show } from "../test/page";
import AlarmsPage, { neighbour } from "./AlarmsPage";
import { alarm, full, listed } from "./fixtures";
import type { AlarmFull, AlarmState } from "./types";

const people = { ...session, accounts: true, name: "Ada", role: "analyst" };

/** Three alarms whose states change as the page asks for it. */
function open({ at = "/alarms", who = people as object, change = {} as Partial<AlarmFull>, more = {} } = {}) {
  const states = new Map<string, AlarmState>(["a1", "a2", "a3"].map((id) => [id, "open"]));
  const wall = (id: string) => `2026-11-22T09:0${9 - Number(id.slice(1))}:00Z`;
  const one = (id: string) => full({ id, wall: wall(id), state: states.get(id) ?? "open", ...change });
  const answers: Record<string, unknown> = {};
  for (const id of states.keys()) {
    const acted = (state: AlarmState) => () => {
      states.set(id, state);
      return one(id);
    };
    answers[`GET /api/alarms/${id}`] = () => one(id);
    answers[`POST /api/alarms/${id}/acknowledge`] = acted("acknowledged");
    answers[`POST /api/alarms/${id}/reopen`] = acted("open");
    answers[`POST /api/alarms/${id}/snooze`] = acted("snoozed");
    answers[`POST /api/alarms/${id}/false-alarm`] = acted("false");
    answers[`POST /api/alarms/${id}/comment`] = () => one(id);
  }
  const asked = serve({
    "GET /api/session": who,
    "GET /api/live/health": { running: false },
    "GET /api/alarms/summary": { rows: [], cameras: [] },
    "GET /api/alarms/snoozes": [],
    "GET /api/alarms": ({ query }: { query: URLSearchParams }) => {
      const all = [...states.keys()].map((id) => alarm({ id, wall: wall(id), state: states.get(id) ?? "open" }));
      return listed(all.filter(({ state }) => !query.get("state") || state === query.get("state")));
    },
    ...answers,
    ...more,
  });
  show(<AlarmsPage />, { at, path: "/alarms/:id?" });
  return asked;
}

const posts = (asked: { method: string; path: string }[]) =>
  asked.filter(({ method }) => method === "POST").map(({ path }) => path);
const rows = () => within(screen.getByRole("list", { name: "Alarms" })).getAllByRole("listitem");
const current = () => rows().findIndex((row) => within(row).getByRole("link").getAttribute("aria-current") === "true");

afterEach(() => vi.unstubAllGlobals());

describe("by keyboard", () => {
  it("J and K walk through the list, and stay in it", async () => {
    open();
    await waitFor(() => expect(rows()).toHaveLength(3));
    await userEvent.keyboard("j");
    await waitFor(() => expect(current()).toBe(0));
    await userEvent.keyboard("jjj");
    await waitFor(() => expect(current()).toBe(2));
    await userEvent.keyboard("k");
    await waitFor(() => expect(current()).toBe(1));
  });

  it("A acknowledges, goes on to the next one, and can be undone", async () => {
    const asked = open({ at: "/alarms/a1" });
    await screen.findByRole("button", { name: "Acknowledge" });
    await userEvent.keyboard("a");
    await waitFor(() => expect(rows()).toHaveLength(2));
    await waitFor(() => expect(current()).toBe(0));
    expect(posts(asked)).toEqual(["/api/alarms/a1/acknowledge"]);
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(rows()).toHaveLength(3));
    expect(posts(asked)[1]).toBe("/api/alarms/a1/reopen");
  });

  it("F asks why it is false and takes no answer for one", async () => {
    const asked = open({ at: "/alarms/a2" });
    await screen.findByRole("button", { name: "False alarm" });
    await userEvent.keyboard("f");
    const dialog = await screen.findByRole("dialog", { name: "Call it a false alarm" });
    // Letters in the dialog are letters.
    await userEvent.type(within(dialog).getByRole("textbox"), "ajk");
    await userEvent.click(within(dialog).getByRole("radio", { name: "Animal" }));
    await userEvent.click(within(dialog).getByRole("button", { name: "False alarm" }));
    await waitFor(() => expect(posts(asked)).toEqual(["/api/alarms/a2/false-alarm"]));
    expect(asked.find(({ method }) => method === "POST")?.body).toEqual({ why: "Animal: ajk" });
  });

  it("S offers to snooze the rule on the camera", async () => {
    const asked = open({ at: "/alarms/a1" });
    await screen.findByRole("button", { name: "Snooze" });
    await userEvent.keyboard("s");
    await userEvent.click(await screen.findByRole("menuitem", { name: "8 hours" }));
    await waitFor(() => expect(posts(asked)).toEqual(["/api/alarms/a1/snooze"]));
    expect(asked.find(({ method }) => method === "POST")?.body).toEqual({ minutes: 480, scope: "rule" });
  });

  it("does nothing for those who may only look", async () => {
    const asked = open({ at: "/alarms/a1", who: { ...people, role: "viewer" } });
    await screen.findByRole("heading", { name: "Person stayed in yard" });
    await userEvent.keyboard("afsx");
    expect(posts(asked)).toEqual([]);
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.queryByRole("button", { name: "Acknowledge" })).toBeNull();
    expect(screen.queryByRole("checkbox")).toBeNull();
  });
});

it("acknowledges several at once", async () => {
  const asked = open();
  await waitFor(() => expect(rows()).toHaveLength(3));
  await userEvent.click(screen.getAllByRole("checkbox", { name: "Choose Person stayed in yard" })[1] as HTMLElement);
  await userEvent.click(screen.getByRole("checkbox", { name: "1 chosen" }));
  await userEvent.click(screen.getByRole("button", { name: "Acknowledge 3" }));
  expect(await screen.findByText("3 alarms acknowledged.")).toBeTruthy();
  expect(posts(asked).sort()).toEqual(["a1", "a2", "a3"].map((id) => `/api/alarms/${id}/acknowledge`));
  expect(await screen.findByText("No alarm is open")).toBeTruthy();
});

it("shows why: each step with what was measured, what was asked for and whether it passed", async () => {
  open({ at: "/alarms/a1" });
  const why = await screen.findByRole("region", { name: "Why" });
  const [score, dwell] = within(why).getAllByRole("listitem");
  expect(within(score as HTMLElement).getByRole("img", { name: "Passed" })).toBeTruthy();
  expect(within(score as HTMLElement).getByText("0.71")).toBeTruthy();
  expect(within(dwell as HTMLElement).getByRole("img", { name: "Not passed" })).toBeTruthy();
  expect(within(dwell as HTMLElement).getByText("asked 3")).toBeTruthy();
  expect(screen.getByRole("img", { name: /2 looks in 2.0 seconds, median score 71 %/ })).toBeTruthy();
});

it("tells to whom it was told, and keeps what people write", async () => {
  const delivery = { channel_id: "c", channel: "Guards", kind: "mqtt" as const, state: "given up" as const };
  const told = { ...delivery, attempts: 9, next_try: "2026-11-22T09:06:00Z", answer: "the broker is away" };
  const asked = open({ at: "/alarms/a1", change: { deliveries: [told] } });
  const row = await screen.findByRole("row", { name: /Guards.*Given up.*9.*the broker is away/ });
  expect(row).toBeTruthy();
  await userEvent.type(screen.getByRole("textbox", { name: "Write a note" }), " seen it ");
  await userEvent.click(screen.getByRole("button", { name: "Add the note" }));
  await waitFor(() => expect(posts(asked)).toEqual(["/api/alarms/a1/comment"]));
  expect(asked.find(({ method }) => method === "POST")?.body).toEqual({ text: "seen it" });
});

it("says when no clip was kept, and why", async () => {
  open({ at: "/alarms/a1", change: { clip: "", clip_problem: "the camera had been lost" } });
  await userEvent.click(await screen.findByRole("radio", { name: "Clip" }));
  expect(await screen.findByText("The camera had been lost.")).toBeTruthy();
});

it("lets a snoozed rule tell again", async () => {
  const snooze = { id: "s1", camera: "gate", rule: "yard", until: "2099-01-01T00:00:00Z", who: "Ada" };
  const asked = open({
    more: { "GET /api/alarms/snoozes": [snooze], "DELETE /api/alarms/snoozes/s1": { state: "done" } },
  });
  expect(await screen.findByText("1 rule is snoozed")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Let it tell again" }));
  await waitFor(() => expect(asked.some(({ method }) => method === "DELETE")).toBe(true));
});

it("stays where it is and says why when the server refuses", async () => {
  open({ at: "/alarms/a1", more: { "POST /api/alarms/a1/acknowledge": refusal(409, "the site is read only") } });
  await userEvent.click(await screen.findByRole("button", { name: "Acknowledge" }));
  expect(await screen.findByText("The site is read only.")).toBeTruthy();
  expect(current()).toBe(0);
  expect(rows()).toHaveLength(3);
});

it("goes to the alarm after one, else to the one before, else nowhere", () => {
  const all = [{ id: "a" }, { id: "b" }];
  expect([neighbour(all, "a")?.id, neighbour(all, "b")?.id]).toEqual(["b", "a"]);
  expect(neighbour([{ id: "a" }], "a")).toBeUndefined();
  expect(neighbour(all, "z")).toBeUndefined();
});
