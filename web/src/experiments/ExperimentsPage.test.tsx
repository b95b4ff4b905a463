import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Asked, refusal, serve, show } from "../test/page";
import ExperimentsPage from "./ExperimentsPage";
import { experiments, ID, OTHER, runsPage } from "./fixtures";

const RUNS = "GET /api/experiments/runs";
const table = () => screen.findByRole("region", { name: "Runs" });
const orders = (asked: Asked[]) =>
  asked.filter(({ path, query }) => path.endsWith("/runs") && query.get("limit") === "50").map(({ query }) => query);

beforeEach(() => window.localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

function open(answers: Record<string, unknown> = {}, at = "/experiments") {
  const asked = serve({ "GET /api/experiments": experiments("poses", "starts"), [RUNS]: runsPage(), ...answers });
  show(<ExperimentsPage />, { at, path: "/experiments" });
  return asked;
}

it("tells how to record a training while there is none, in a line that a shell takes", async () => {
  open({ "GET /api/experiments": { ...experiments(), store: "/my records" } });
  expect(await screen.findByText("Nothing is recorded yet")).toBeTruthy();
  expect(screen.getByLabelText("Command that records a training").textContent).toBe(
    "trackside train photos/ --store '/my records'",
  );
  expect(screen.getByRole("button", { name: "Copy" })).toBeTruthy();
});

it("lists experiments and shows the runs of the newest, with the best marked once a metric", async () => {
  open();
  const rows = within(await table()).getAllByRole("row");
  expect(screen.getByRole("navigation", { name: "Experiments" }).textContent).toContain("starts");
  expect(
    within(rows[1] as HTMLElement)
      .getByRole("link", { name: "run aaaa" })
      .getAttribute("href"),
  ).toBe(`/experiments/runs/${ID}`);
  expect(within(rows[1] as HTMLElement).getByText("Finished")).toBeTruthy();
  await waitFor(() => expect(within(rows[1] as HTMLElement).getAllByLabelText("Best")).toHaveLength(3));
  expect(within(rows[2] as HTMLElement).queryByLabelText("Best")).toBeNull();
  expect(screen.queryByRole("columnheader", { name: "seed" })).toBeNull();
});

it("sorts by a column, the best first, and by the best value where that is chosen", async () => {
  const asked = open();
  await userEvent.click(within(await table()).getByRole("button", { name: "validation/accuracy" }));
  await userEvent.click(screen.getByRole("radio", { name: "Best" }));
  await waitFor(() => expect(orders(asked).at(-1)?.get("value")).toBe("best"));
  expect(orders(asked).at(-1)?.get("order")).toBe("metric:validation/accuracy");
  expect(orders(asked).at(-1)?.get("descending")).toBe("true");
  const head = await screen.findByRole("columnheader", { name: "validation/accuracy" });
  expect(head.getAttribute("aria-sort")).toBe("descending");
});

it("asks the server for what is searched, and says so when nothing fits", async () => {
  const asked = open({
    [RUNS]: ({ query }: Asked) => (query.get("q") ? runsPage({ rows: [], total: 0 }) : runsPage()),
  });
  await table();
  await userEvent.type(screen.getByRole("textbox", { name: "Search runs by name or id" }), "nowhere");
  expect(await screen.findByText("No run fits")).toBeTruthy();
  expect(orders(asked).at(-1)?.get("q")).toBe("nowhere");
});

it("pages through many runs instead of drawing them all", async () => {
  const asked = open({ [RUNS]: runsPage({ total: 10_000 }) });
  await table();
  expect(screen.getByText("10,000 runs")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "next page" }));
  await waitFor(() => expect(orders(asked).at(-1)?.get("offset")).toBe("50"));
});

it("shows the columns that somebody chose, and the usual ones again", async () => {
  open();
  await table();
  await userEvent.click(screen.getByRole("button", { name: "Columns" }));
  await userEvent.click(await screen.findByRole("checkbox", { name: "seed (the same in all)" }));
  expect(await screen.findByRole("columnheader", { name: "seed" })).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "The usual ones" }));
  await waitFor(() => expect(screen.queryByRole("columnheader", { name: "seed" })).toBeNull());
});

it("leads from ticked runs to their comparison", async () => {
  open();
  const rows = await table();
  const compare = () => screen.getByRole("button", { name: /^Compare/ }) as HTMLButtonElement;
  await userEvent.click(within(rows).getByRole("checkbox", { name: "Compare run aaaa" }));
  expect(compare().disabled).toBe(true);
  await userEvent.click(within(rows).getByRole("checkbox", { name: "Compare run bbbb" }));
  await userEvent.click(compare());
  expect(await screen.findByTestId("elsewhere")).toBeTruthy();
});

it("frames parallel coordinates so that they may remember, with a file to save", async () => {
  open({}, "/experiments?of=starts&view=parallel");
  const frame = await screen.findByTitle("Parallel coordinates of starts");
  expect(frame.getAttribute("src")).toBe("/api/experiments/parallel?experiment=starts");
  expect(frame.getAttribute("sandbox")).toContain("allow-scripts allow-same-origin");
  expect(screen.getByRole("link", { name: "Save as one file" }).getAttribute("href")).toContain("download=true");
});

it("says what is wrong with the store", async () => {
  open({ "GET /api/experiments": refusal(409, "the experiment records cannot be read", "name another store") });
  expect(await screen.findByText("The experiment records cannot be read; name another store.")).toBeTruthy();
});

it("names runs by id where two are called the same", async () => {
  const { namesApart } = await import("./curves");
  const runs = [ID, OTHER].map((id) => ({ id, name: "run" }));
  expect(namesApart([...runs, { id: "c", name: "other" }])).toEqual(["run (aaaaaa)", "run (bbbbbb)", "other"]);
});
