import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { beforeEach, expect, it } from "vitest";
import { serve } from "../../../test/page";
import { always, withSize } from "../../fixtures";
import { showInFrame } from "../../testing";
import { checked, mistake, study } from "../fixtures";
import type { TagBody } from "../types";
import TagPage from "./TagPage";

const page = (
  <Routes>
    <Route path="errors/:study/tag" element={<TagPage />} />
  </Routes>
);
let number = 0;

/** A server with a fresh study, because the outbox of each lives on. */
function open(more: Record<string, unknown> = {}, query = "", mistakes = [0, 1, 2, 3].map((id) => mistake(id))) {
  number += 1;
  const base = `/api/datasets/d1/studies/${number}`;
  const asked = serve({
    ...always,
    "GET /api/datasets/d1": checked,
    "GET /api/datasets/d1/studies": [study({ tags: [{ name: "old tag", count: 3 }] })],
    [`GET ${base}/mistakes`]: mistakes,
    [`GET ${base}/ideas`]: { ideas: [], together: null, slices: [], clusters: [] },
    [`POST ${base}/tags`]: study(),
    ...Object.fromEntries(Object.entries(more).map(([key, value]) => [key.replace("{}", base), value])),
  });
  showInFrame(page, `/datasets/d1/errors/${number}/tag${query}`);
  const sent = () =>
    asked.filter((one) => one.path === `${base}/tags`).map((one) => (one.body as { tags: TagBody[] }).tags);
  return {
    sent,
    last: () =>
      new Map(
        sent()
          .flat()
          .map((one) => [one.mistake, one]),
      ),
  };
}

beforeEach(() => {
  withSize(800, 600);
  localStorage.clear();
});

it("tags by keys alone, goes on, and loses nothing", async () => {
  const user = userEvent.setup();
  const { last } = open();
  expect(await screen.findByText("0.jpg")).toBeTruthy();
  await user.keyboard("t");
  await user.type(await screen.findByLabelText("Tag"), "dark{Enter}");
  const dark = await screen.findByRole("button", { name: /^dark/ });
  expect(dark.getAttribute("aria-pressed")).toBe("true");
  await user.keyboard("{Enter}");
  await user.keyboard("1{Enter}{Enter}c");
  await user.keyboard("who knows{Enter}");
  expect(screen.getByText("4 of 4 looked at")).toBeTruthy();
  await waitFor(() => expect(screen.getByText("all saved")).toBeTruthy());
  const said = (id: number) => last().get(id);
  expect(said(0)).toEqual({ mistake: 0, tags: ["dark"], comment: "", seen: true });
  expect(said(1)?.tags).toEqual(["dark"]);
  expect(said(2)).toEqual({ mistake: 2, tags: [], comment: "", seen: true });
  expect(said(3)).toEqual({ mistake: 3, tags: [], comment: "who knows", seen: true });
});

it("undoes what was said, and forgets that it was looked at", async () => {
  const user = userEvent.setup();
  const { last } = open();
  await screen.findByText("0.jpg");
  await user.keyboard("{Enter}{Enter}");
  expect(screen.getByText("2.jpg")).toBeTruthy();
  await user.keyboard("z");
  expect(screen.getByText("1.jpg")).toBeTruthy();
  expect(screen.getByText("1 of 4 looked at")).toBeTruthy();
  await waitFor(() => expect(last().get(1)).toEqual({ mistake: 1, tags: [], comment: "", seen: false }));
});

it("says nothing by walking with the arrows", async () => {
  const user = userEvent.setup();
  const { sent } = open();
  await screen.findByText("0.jpg");
  await user.keyboard("{ArrowRight}{ArrowRight}{ArrowLeft}");
  expect(screen.getByText("1.jpg")).toBeTruthy();
  expect(screen.getByText("0 of 4 looked at")).toBeTruthy();
  expect(sent()).toEqual([]);
});

it("begins at the first that nobody looked at, and ends with the way to the ideas", async () => {
  const user = userEvent.setup();
  open({}, "", [mistake(0, { seen: true }), mistake(1, { seen: true, tags: ["dark"] }), mistake(2)]);
  expect(await screen.findByText("2.jpg")).toBeTruthy();
  await user.keyboard("{Enter}");
  expect(await screen.findByText("All of them are looked at")).toBeTruthy();
  expect(screen.getByRole("link", { name: "What would it win?" })).toBeTruthy();
});

it("goes through those of a tag only", async () => {
  open({}, "?tag=dark", [mistake(0), mistake(1, { seen: true, tags: ["dark"] }), mistake(2)]);
  expect(await screen.findByText("1.jpg")).toBeTruthy();
  expect(screen.getByText("1 / 1")).toBeTruthy();
});

it("tags a suggested group at once, but for those that are left out", async () => {
  const user = userEvent.setup();
  const cluster = {
    name: "light = dark",
    why: "error rate 58%",
    share: 0.5,
    count: 9,
    rows: [0, 2, 3],
    drawn: [0, 2, 3],
  };
  const { last } = open({ "GET {}/ideas": { ideas: [], together: null, slices: [], clusters: [cluster] } });
  await user.click(await screen.findByRole("button", { name: /light = dark/ }));
  const members = await screen.findByRole("group", { name: "Mistakes of the group" });
  await user.click(within(members).getByTitle("test/2.jpg"));
  await user.click(screen.getByRole("button", { name: "Tag 2" }));
  await waitFor(() => expect([...last().keys()].sort()).toEqual([0, 3]));
  expect(last().get(3)?.tags).toEqual(["light = dark"]);
});

it("offers tags of other studies while typing", async () => {
  const user = userEvent.setup();
  open();
  await screen.findByText("0.jpg");
  await user.keyboard("t");
  await user.type(await screen.findByLabelText("Tag"), "ol{Enter}");
  expect(await screen.findByRole("button", { name: /^old tag/, pressed: true })).toBeTruthy();
});

it("says what the server did not take", async () => {
  const user = userEvent.setup();
  const problem = { problems: [{ what: "no such mistake was drawn", fix: "", block: null, port: null }] };
  open({ "POST {}/tags": () => Response.json(problem, { status: 422 }) });
  await screen.findByText("0.jpg");
  await user.keyboard("{Enter}");
  expect(await screen.findByText(/Of mistake 1, no tag was not taken: No such mistake was drawn/)).toBeTruthy();
});
