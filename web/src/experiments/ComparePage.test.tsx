import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { type Asked, refusal, serve, session, show } from "../test/page";
import { bestOf } from "./ComparedMetrics";
import ComparePage from "./ComparePage";
import { curve, ID, OTHER, run } from "./fixtures";
import type { Compared } from "./types";

// Mantine scrolls to a chosen option; this test's browser cannot.
Element.prototype.scrollIntoView ??= () => {};

const THIRD = "c".repeat(32);
const compared = (ids: string[]): Compared => ({
  runs: ids.map((id, at) => ({
    id,
    name: `run ${at + 1}`,
    experiment: "poses",
    status: "finished",
    started: "2026-11-21T18:00:00Z",
    seconds: 10,
    commit: "0123456789abcdef",
  })),
  settings: [{ name: "rate", values: ids.map((_, at) => (at ? String(at) : null)) }],
  metrics: [
    {
      name: "validation/loss",
      lower: true,
      values: ids.map((_, at) => (at === 1 ? 0.1 : 0.2)),
      odd: ids.map(() => null),
    },
  ],
  code: { diff: "", note: "the checkout is not there: changes since 0123 against changes since 0123", cut: false },
});

vi.mock("../results/plotly", () => ({ loadPlotly: () => new Promise(() => {}) }));
afterEach(() => vi.unstubAllGlobals());

function open(ids: string[], answers: Record<string, unknown> = {}) {
  const told = ids.map((id) => [
    `GET /api/experiments/runs/${id}/curves`,
    { run: id, name: id, curves: [curve("validation/loss", [1, 0.5])] },
  ]);
  const asked = serve({
    "GET /api/session": session,
    "GET /api/experiments/compare": ({ query }: Asked) => compared(query.getAll("runs")),
    [`GET /api/experiments/runs/${ids[0]}`]: run({ settings: { rate: "1", optimizer: "adamw" } }),
    ...Object.fromEntries(told),
    ...answers,
  });
  show(<ComparePage />, { at: `/experiments/compare?runs=${ids.join(",")}`, path: "/experiments/compare" });
  return asked;
}

it("puts runs side by side: the best number marked, settings that differ, curves with a legend, the note on the code", async () => {
  open([ID, OTHER]);
  expect(await screen.findByRole("heading", { name: "Compare 2 runs" })).toBeTruthy();
  const numbers = within(await screen.findByRole("table", { name: "Last numbers" }));
  expect(numbers.getByLabelText("Best").closest("td")?.textContent).toContain("0.1");
  const settings = within(screen.getByRole("table", { name: "Settings that differ" }));
  expect(settings.getByText("–")).toBeTruthy();
  const legend = within(await screen.findByRole("group", { name: "Lines" }));
  await userEvent.click(legend.getByRole("button", { name: "run 1" }));
  expect(legend.getByRole("button", { name: "run 1" }).getAttribute("aria-pressed")).toBe("false");
  expect(screen.getByText(/The checkout is not there/)).toBeTruthy();
});

it("unfolds the settings that are the same", async () => {
  open([ID, OTHER]);
  await userEvent.click(await screen.findByText("Settings that are the same"));
  expect(await screen.findByText("adamw")).toBeTruthy();
});

it("leaves a run out, and compares the code of any two", async () => {
  const asked = open([ID, OTHER, THIRD]);
  await userEvent.click(await screen.findByRole("combobox", { name: "to the code of" }));
  await userEvent.click(await screen.findByRole("option", { name: "run 2" }));
  const pairs = () => asked.filter(({ path }) => path.endsWith("/compare")).map(({ query }) => query.getAll("runs"));
  await waitFor(() => expect(pairs()).toContainEqual([ID, OTHER]));
  await userEvent.click(screen.getByRole("button", { name: "Leave out run 2" }));
  expect(await screen.findByRole("heading", { name: "Compare 2 runs" })).toBeTruthy();
  expect(pairs()).toContainEqual([ID, THIRD]);
});

it("asks for runs when the address has none, and says when one is gone", async () => {
  open([ID]);
  expect(await screen.findByText("Choose two runs or more")).toBeTruthy();
  open([ID, OTHER], { "GET /api/experiments/compare": refusal(404, "there is no such run") });
  expect(await screen.findByText("There is no such run.")).toBeTruthy();
});

it("marks no best number where all are the same", () => {
  expect(bestOf({ name: "loss", lower: true, values: [1, 1, null] })).toBeNull();
  expect(bestOf({ name: "accuracy", lower: false, values: [1, 2, null] })).toBe(2);
  expect(bestOf({ name: "learning rate", lower: false, values: [1, 2] })).toBeNull();
});
