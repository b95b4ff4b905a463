import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { refusal, serve, show } from "../test/page";
import { curve, ID, run } from "./fixtures";
import RunPage from "./RunPage";

const DIFF = "diff --git a/train.py b/train.py\n--- a/train.py\n+++ b/train.py\n@@ -1 +1 @@\n-rate = 1\n+rate = 2\n";
const curves = {
  run: ID,
  name: "frozen backbone",
  curves: [curve("train/loss", [1, 0.5]), curve("validation/loss", [1])],
};

// Plotly draws on canvases that this test's browser lacks.
vi.mock("../results/plotly", () => ({ loadPlotly: () => new Promise(() => {}) }));
afterEach(() => vi.unstubAllGlobals());

function open(given = run(), tab = "curves") {
  serve({
    [`GET /api/experiments/runs/${ID}`]: given,
    [`GET /api/experiments/runs/${ID}/curves`]: curves,
    [`GET /api/experiments/runs/${ID}/file`]: () => new Response(DIFF),
  });
  show(<RunPage />, { at: `/experiments/runs/${ID}?tab=${tab}`, path: "/experiments/runs/:run" });
}

it("tells how the run ended, its settings, numbers and machine, and draws both curves of a measure in one plot", async () => {
  open();
  expect(await screen.findByRole("heading", { name: "frozen backbone" })).toBeTruthy();
  expect(screen.getByText("Finished")).toBeTruthy();
  expect(screen.getByText(/took 1 min 15 s/)).toBeTruthy();
  expect(within(screen.getByRole("region", { name: "Settings" })).getByText("adamw")).toBeTruthy();
  expect(within(screen.getByRole("region", { name: "Made with" })).getByText("poolside")).toBeTruthy();
  expect(within(screen.getByRole("region", { name: "Numbers" })).getByText("0.2")).toBeTruthy();
  const plot = await screen.findByRole("region", { name: "loss" });
  expect(within(plot).getByRole("button", { name: "validation" })).toBeTruthy();
  await userEvent.click(screen.getByRole("switch", { name: "Logarithmic" }));
  expect(screen.queryByText(/did not end in numbers/)).toBeNull();
});

it("warns of a metric that ended as NaN", async () => {
  const nan = { ...run().metrics[0], name: "train/loss", last: null, odd: "nan" } as ReturnType<
    typeof run
  >["metrics"][0];
  open(run({ metrics: [nan] }));
  expect(await screen.findByText("The training did not end in numbers")).toBeTruthy();
  expect(screen.getByText("NaN")).toBeTruthy();
});

it("frames a report as a stranger, with its verdict", async () => {
  open(run(), "reports");
  const frame = await screen.findByTitle("Pre-flight");
  expect(frame.getAttribute("sandbox")).toBe("allow-scripts allow-downloads");
  expect(screen.getByRole("link", { name: "Open alone" }).getAttribute("href")).toContain("pre-flight.html");
});

it("shows pictures and videos, and offers the rest", async () => {
  open(run(), "files");
  await userEvent.click(await screen.findByRole("button", { name: "Enlarge mistakes.png" }));
  expect(await screen.findByRole("img", { name: "mistakes.png" })).toBeTruthy();
  expect(screen.getByLabelText("clip.mp4").tagName).toBe("VIDEO");
  expect(screen.getByLabelText("Download weights.safetensors").getAttribute("href")).toContain("download=true");
});

it("shows the changes of the code line by line", async () => {
  open(run(), "code");
  const changes = await screen.findByRole("region", { name: "Changes of train.py" });
  const rows = within(changes).getAllByRole("row");
  expect(rows.map((row) => row.getAttribute("data-kind"))).toEqual(["place", "removed", "added"]);
});

it("of a run that left nothing says so", async () => {
  open(run({ files: [], reports: [], files_note: "its files lie elsewhere" }), "files");
  expect(await screen.findByText("Its files lie elsewhere.")).toBeTruthy();
});

it("says that there is no such run", async () => {
  serve({ [`GET /api/experiments/runs/${ID}`]: refusal(404, "there is no such run") });
  show(<RunPage />, { at: `/experiments/runs/${ID}`, path: "/experiments/runs/:run" });
  expect(await screen.findByText("There is no such run")).toBeTruthy();
});
