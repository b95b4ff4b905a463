import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { serve, show } from "../test/page";
import { PullDialog } from "./PullDialog";

const MODEL = {
  name: "net",
  task: "detection",
  family: "yolox",
  runtime: "onnx",
  licence: "Apache-2.0",
  bytes: 2_000_000,
  installed: false,
  used_by: 0,
  note: "",
  classes: [],
  width: 1,
  height: 1,
  threshold: 0.3,
  source: "https://example.org/net.onnx",
  reference: "",
  metrics: [],
  files: [],
  card: {},
};

afterEach(() => vi.unstubAllGlobals());

function open(states: object[]) {
  const next = () => (states.length > 1 ? states.shift() : states[0]);
  const asked = serve({
    "GET /api/models/net": MODEL,
    "GET /api/models/net/pull": next,
    "POST /api/models/net/pull": next,
  });
  const onClose = vi.fn();
  show(<PullDialog name="net" opened onClose={onClose} />);
  return { asked, onClose };
}

const pull = (state: string, more: object = {}) => ({
  name: "net",
  state,
  received: 0,
  bytes: 2_000_000,
  problem: "",
  ...more,
});

it("nothing is fetched before the licence is accepted; then it comes and the dialog closes", async () => {
  const { asked, onClose } = open([pull("none"), pull("running", { received: 500_000 }), pull("done")]);
  const get = await screen.findByRole("button", { name: "Get it (2.0 MB)" });
  expect((get as HTMLButtonElement).disabled).toBe(true);
  await userEvent.click(screen.getByRole("checkbox", { name: "I accept the licence Apache-2.0" }));
  await userEvent.click(get);
  expect(asked.filter((one) => one.method === "POST").map((one) => one.body)).toEqual([{ licence: "Apache-2.0" }]);
  await waitFor(() => expect(onClose).toHaveBeenCalled(), { timeout: 5000 });
});

it("a fetch that failed says why", async () => {
  open([pull("failed", { problem: "the host cannot be reached; check the connection" })]);
  expect(await screen.findByText(/host cannot be reached/)).toBeTruthy();
});
