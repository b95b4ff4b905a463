import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { page, refusal, serve, session, show } from "../test/page";
import { camera, health } from "./fixtures";
import type { Camera } from "./types";
import WallPage from "./WallPage";

const cameras = [
  camera({ name: "gate", title: "Gate" }),
  camera({ name: "yard", state: "failed", problem: "there is no video at this address", alarms_open: 2 }),
];

function open(list: Camera[] | (() => Camera[]) = cameras, more: Record<string, unknown> = {}) {
  const asked = serve({
    "GET /api/session": session,
    "GET /api/live/health": health,
    "GET /api/live/cameras": list,
    "GET /api/live/cameras/gate/picture": refusal(404, "there is no picture"),
    "GET /api/pipelines": page([]),
    "GET /api/templates": [{ name: "guard-an-area", title: "Guard an area", about: "", graph: { pipeline: "a" } }],
    ...more,
  });
  show(<WallPage />);
  return asked;
}

afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
});

const tiles = () => screen.getAllByRole("article").map((tile) => tile.getAttribute("aria-label"));

it("says how to start where no engine runs, and asks for no cameras", async () => {
  const asked = open([], { "GET /api/live/health": { ...health, running: false } });
  expect(await screen.findByText("No camera is watched at the moment")).toBeTruthy();
  expect(screen.getByText("trackside watch cameras.yaml")).toBeTruthy();
  expect(screen.getAllByRole("button", { name: "Copy" })).toHaveLength(2);
  expect(asked.some(({ path }) => path === "/api/live/cameras")).toBe(false);
  expect(screen.queryByRole("button", { name: "Add a camera" })).toBeNull();
});

it("shows every camera with its state, its trouble and its alarms, and how the engine does", async () => {
  open();
  const yard = await screen.findByRole("article", { name: "yard" });
  expect(within(yard).getByText("Failed")).toBeTruthy();
  expect(within(yard).getByText("There is no video at this address.")).toBeTruthy();
  expect(within(yard).getByText("2 alarms")).toBeTruthy();
  const gate = screen.getByRole("article", { name: "Gate" });
  expect(within(gate).getByText(/25 in · 4.9 of 5/)).toBeTruthy();
  expect(within(gate).getByRole("link", { name: "Gate" }).getAttribute("href")).toBe("/wall/gate");
  const engine = screen.getByRole("region", { name: "Engine" });
  expect(within(engine).getByText("Bottleneck: models")).toBeTruthy();
  expect(within(engine).getByText("94 % busy, 12 waiting")).toBeTruthy();
  expect(within(engine).getByRole("link", { name: "2 open alarms" })).toBeTruthy();
});

it("asks for pictures of cameras that send only, with boxes only if they are wanted", async () => {
  const asked = open();
  const of = (name: string) => asked.filter(({ path }) => path === `/api/live/cameras/${name}/picture`);
  await waitFor(() => expect(of("gate").at(-1)?.query.get("boxes")).toBe("true"));
  await userEvent.click(screen.getByRole("switch", { name: "Boxes" }));
  await waitFor(() => expect(of("gate").at(-1)?.query.get("boxes")).toBe("false"));
  expect(of("yard")).toEqual([]);
});

it("narrows by name and by a click on a state", async () => {
  open();
  await screen.findByRole("article", { name: "Gate" });
  await userEvent.click(screen.getByRole("button", { name: "1 failed" }));
  expect(tiles()).toEqual(["yard"]);
  await userEvent.click(screen.getByRole("button", { name: "1 failed" }));
  await userEvent.type(screen.getByRole("textbox", { name: "Search cameras" }), "gat");
  expect(tiles()).toEqual(["Gate"]);
  await userEvent.type(screen.getByRole("textbox", { name: "Search cameras" }), "xyz");
  expect(screen.getByText("No camera fits")).toBeTruthy();
});

it("says a new alarm, and lets its tile catch the eye", async () => {
  let alarms = 0;
  open(() => [camera({ name: "gate", title: "Gate", alarms_open: alarms })]);
  const gate = await screen.findByRole("article", { name: "Gate" });
  expect(gate.hasAttribute("data-fresh")).toBe(false);
  alarms = 1;
  expect(await screen.findByText("New alarm: Gate")).toBeTruthy();
  expect(screen.getByRole("article", { name: "Gate" }).hasAttribute("data-fresh")).toBe(true);
});

it("shows the server's sentence when it does not take a camera", async () => {
  const asked = open(cameras, {
    "POST /api/live/cameras": refusal(409, "there is a camera 'gate' already", "give it another name"),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Add a camera" }));
  await userEvent.type(await screen.findByRole("textbox", { name: /^Name/ }), " gate ");
  await userEvent.type(screen.getByRole("textbox", { name: /^Address/ }), "rtsp://a/b");
  await userEvent.click(screen.getByRole("button", { name: "Add" }));
  expect(await screen.findByText("There is a camera 'gate' already; give it another name.")).toBeTruthy();
  const body = { name: "gate", address: "rtsp://a/b", substream: "", pipeline: "guard-an-area", rate: 5 };
  expect(asked.find(({ method }) => method === "POST")?.body).toEqual(body);
});

it("lets only administrators add cameras", async () => {
  open(cameras, { "GET /api/session": { ...session, accounts: true, role: "analyst", name: "Ada" } });
  await screen.findByRole("article", { name: "Gate" });
  expect(screen.queryByRole("button", { name: "Add a camera" })).toBeNull();
});
