import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { type Asked, refusal, serve, session } from "../../test/page";
import { always, dataset, entry, withSize } from "../fixtures";
import { showInFrame } from "../testing";
import type { DecisionBody, Entry } from "../types";
import QueuePage from "./QueuePage";

let number = 0;
let entries: Entry[];
let taken: (DecisionBody | "undo")[];

/** A server with a queue; each test has a data set of its own, since the outbox outlives pages. */
function serveQueue(change: Record<string, unknown> = {}) {
  number += 1;
  const id = `q${number}`;
  taken = [];
  const counts = () => ({ open: entries.length - taken.length, decided: taken.length, skipped: 0, gone: 0 });
  const told = () => ({ counts: counts(), speed: 1200, decided_by_me: taken.length, undone: null });
  const decide = ({ body }: Asked) => {
    taken.push(...(body as { decisions: DecisionBody[] }).decisions);
    return told();
  };
  const undo = () => {
    taken.push("undo");
    return told();
  };
  const asked = serve({
    ...always,
    [`GET /api/datasets/${id}`]: dataset({ id, annotations: 2 }),
    [`GET /api/datasets/${id}/facets`]: always["GET /api/datasets/d1/facets"],
    [`GET /api/datasets/${id}/queue`]: () => ({
      entries: entries.filter((one) => !taken.some((done) => done !== "undo" && done.entry === one.id)),
      total: entries.length,
      counts: counts(),
      checks: { "label-errors": entries.length },
      classes: ["ant", "bee", "wasp"],
      speed: null,
      decided_by_me: 0,
    }),
    [`POST /api/datasets/${id}/queue/decisions`]: decide,
    [`POST /api/datasets/${id}/queue/undo`]: undo,
    ...change,
  });
  return { at: `/datasets/${id}/queue`, asked, id };
}

const picture = (id: number) => screen.findByRole("img", { name: new RegExp(`^${id}.jpg`) });
const actions = () => taken.map((one) => (one === "undo" ? "undo" : `${one.entry} ${one.action} ${one.label}`.trim()));

beforeEach(() => {
  withSize(900, 600);
  entries = [1, 2, 3, 4].map((id) => entry(id));
});

it("decides by keys, in order", async () => {
  const { at } = serveQueue();
  showInFrame(<QueuePage />, at);
  await picture(1);
  await userEvent.keyboard("{Enter}");
  await picture(2);
  await userEvent.keyboard("s3x");
  expect(await screen.findByText("Nothing is left to decide")).toBeTruthy();
  await waitFor(() => expect(actions()).toEqual(["1 keep", "2 relabel bee", "3 relabel wasp", "4 remove"]));
  expect(screen.getByText("all saved")).toBeTruthy();
});

it("the class that it has is kept, not changed", async () => {
  const { at } = serveQueue();
  showInFrame(<QueuePage />, at);
  await picture(1);
  await userEvent.keyboard("1");
  await waitFor(() => expect(actions()).toEqual(["1 keep"]));
});

it("undoes, skips, looks back and decides anew", async () => {
  const { at } = serveQueue();
  showInFrame(<QueuePage />, at);
  await picture(1);
  await userEvent.keyboard("x");
  await picture(2);
  await userEvent.keyboard("z");
  await picture(1);
  await userEvent.keyboard("{ArrowRight}");
  await picture(2);
  await userEvent.keyboard("{ArrowLeft}");
  await picture(1);
  expect(screen.getByText(/You decided: skipped/)).toBeTruthy();
  await userEvent.keyboard("2");
  await picture(2);
  await waitFor(() => expect(actions()).toEqual(["1 remove", "undo", "1 skip", "1 relabel bee"]));
});

it("searches a class by its name, and takes a new one", async () => {
  const { at } = serveQueue();
  showInFrame(<QueuePage />, at);
  await picture(1);
  await userEvent.keyboard("/");
  await userEvent.type(await screen.findByRole("textbox", { name: "Class" }), "hornet");
  await userEvent.click(await screen.findByRole("option", { name: "A new class: “hornet”" }));
  await waitFor(() => expect(actions()).toEqual(["1 relabel hornet"]));
});

it("shows pairs side by side and removes the other one", async () => {
  const pair = { check: "twins", reason: "the same", score: 1, kind: "pair", suggestion: "", annotation: -1 };
  entries[0] = entry(1, { suspects: [{ ...pair, partner: "train/3.jpg", partner_row: 3 }] as never });
  const { at } = serveQueue();
  showInFrame(<QueuePage />, at);
  await picture(1);
  expect(screen.getByRole("img", { name: "The other one: train/3.jpg" })).toBeTruthy();
  await userEvent.keyboard("o");
  await picture(2);
  await waitFor(() => expect(actions()).toEqual(["3 remove", "1 keep"]));
});

it("removes the other one of a pair too if it does not lie ahead, and brings it back", async () => {
  const pair = { check: "twins", reason: "the same", score: 1, kind: "pair", suggestion: "", annotation: -1 };
  const named = { ...pair, partner: "train/9.jpg", partner_row: 9, partner_entry: 9 };
  entries[0] = entry(1, { suspects: [named] as never });
  const { at } = serveQueue({ [`GET /api/datasets/q${number + 1}/queue/9`]: entry(9) });
  showInFrame(<QueuePage />, at);
  await picture(1);
  await screen.findByRole("button", { name: /Remove the other/ });
  await userEvent.keyboard("o");
  await picture(2);
  await waitFor(() => expect(actions()).toEqual(["9 remove", "1 keep"]));
  await userEvent.keyboard("zz");
  await picture(9);
  await waitFor(() => expect(actions()).toEqual(["9 remove", "1 keep", "undo", "undo"]));
});

it("does not offer to remove the other one of a pair that is removed, or that somebody looks at", async () => {
  for (const state of [{ decision: { action: "remove" } }, { claimed: "ann" }]) {
    const pair = {
      check: "twins",
      reason: "",
      score: 1,
      kind: "pair",
      partner: "9.jpg",
      partner_row: 9,
      partner_entry: 9,
    };
    entries[0] = entry(1, { suspects: [pair] as never });
    const path = `/api/datasets/q${number + 1}/queue/9`;
    const { at, asked } = serveQueue({ [`GET ${path}`]: entry(9, state) });
    const page = showInFrame(<QueuePage />, at);
    await picture(1);
    await waitFor(() => expect(asked.some((one) => one.path === path)).toBe(true));
    await screen.findByRole("button", { name: /Remove this one/ });
    expect(screen.queryByRole("button", { name: /Remove the other/ })).toBeNull();
    page.unmount();
  }
});

it("shows what an undo has opened that was decided before the page was loaded", async () => {
  const undone = { counts: { open: 4 }, speed: null, decided_by_me: 0, undone: 8 };
  const id = `q${number + 1}`;
  const { at, asked } = serveQueue({
    [`POST /api/datasets/${id}/queue/undo`]: undone,
    [`GET /api/datasets/${id}/queue/8`]: entry(8),
  });
  showInFrame(<QueuePage />, at);
  await picture(1);
  await userEvent.keyboard("z");
  await picture(8);
  const sent = asked.find((one) => one.path.endsWith("/undo"))?.body as { key: string };
  expect(sent.key.length).toBeGreaterThan(10);
});

it("draws boxes by keys and sends them whole", async () => {
  const box = { annotation: 9, label: "ant", box: [10, 10, 50, 50], points: [], annotator: "" };
  entries[0] = entry(1, { annotations: [box] });
  const { at } = serveQueue();
  showInFrame(<QueuePage />, at);
  await picture(1);
  await userEvent.keyboard("e{ArrowRight}{Shift>}{ArrowDown}{/Shift}2{Enter}");
  await waitFor(() => expect(taken).toHaveLength(1));
  expect(taken[0]).toMatchObject({
    action: "edit",
    annotations: [{ annotation: 9, label: "bee", box: [11, 20, 51, 60] }],
  });
});

it("leaves a drawing as it was", async () => {
  entries[0] = entry(1, {
    annotations: [{ annotation: 9, label: "ant", box: [1, 1, 9, 9], points: [], annotator: "" }],
  });
  const { at } = serveQueue();
  showInFrame(<QueuePage />, at);
  await picture(1);
  await userEvent.keyboard("e{Delete}{Escape}");
  await userEvent.keyboard("{Enter}");
  await waitFor(() => expect(actions()).toEqual(["1 keep"]));
});

it("tells of a decision that was refused", async () => {
  const { at } = serveQueue({
    [`POST /api/datasets/q${number + 1}/queue/decisions`]: refusal(409, "ann is looking at it now"),
  });
  showInFrame(<QueuePage />, at);
  await picture(1);
  await userEvent.keyboard("{Enter}");
  expect(await screen.findByText("A decision (kept as it is) was not taken: Ann is looking at it now.")).toBeTruthy();
});

it("says that decisions are kept while the server is away", async () => {
  const { at } = serveQueue({ [`POST /api/datasets/q${number + 1}/queue/decisions`]: refusal(503, "busy") });
  showInFrame(<QueuePage />, at);
  await picture(1);
  await userEvent.keyboard("{Enter}");
  await picture(2);
  await userEvent.keyboard("{Enter}");
  expect(await screen.findByText(/2 decisions kept here/)).toBeTruthy();
});

it("leaves deciding to analysts", async () => {
  const { at, asked } = serveQueue({ "GET /api/session": { ...session, accounts: true, role: "viewer" } });
  showInFrame(<QueuePage />, at);
  expect(await screen.findByText("Analysts decide here")).toBeTruthy();
  expect(asked.some((one) => one.path.endsWith("/queue"))).toBe(false);
});
