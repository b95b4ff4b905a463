import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { type Asked, serve, session } from "../../test/page";
import { always, dataset, items, withSize } from "../fixtures";
import { showInFrame } from "../testing";
import LookPage from "./LookPage";

const list = ({ query }: Asked) => {
  const total = query.get("label") === "bee" ? 0 : 5000;
  return items(total, Number(query.get("offset")), Number(query.get("limit")));
};
const item = (row: number) => ({ ...items(1, row, 1), row, name: `train/${row}.jpg`, label: "ant", split: "train" });
const whole = { group: "", width: 640, height: 480, text: "", annotations: [], suspects: [], extras: { camera: "X" } };
const answers = {
  ...always,
  "GET /api/datasets/d1": dataset(),
  "GET /api/datasets/d1/items": list,
  "GET /api/datasets/d1/items/0": { ...item(0), ...whole },
  "GET /api/datasets/d1/items/1": { ...item(1), ...whole },
};

beforeEach(() => withSize(1000, 600));
const cells = () => screen.findAllByRole("option", { name: /jpg/ });

it("shows those in sight, not all 5,000", async () => {
  serve(answers);
  showInFrame(<LookPage />, "/datasets/d1");
  const shown = await cells();
  expect(shown.length).toBeGreaterThan(10);
  expect(shown.length).toBeLessThan(100);
  expect(shown[0]?.getAttribute("aria-setsize")).toBe("5000");
  expect(shown[1]?.getAttribute("aria-label")).toContain("suspicious");
});

it("fetches what is scrolled to, and only that", async () => {
  const asked = serve(answers);
  showInFrame(<LookPage />, "/datasets/d1");
  await cells();
  const box = screen.getByRole("listbox", { name: "Pictures" });
  box.scrollTop = 80_000;
  fireEvent.scroll(box);
  await waitFor(() => expect(offsets(asked).length).toBeGreaterThan(1));
  expect(
    await screen.findByTitle(/train\/2\d\d\d\.jpg/).catch(() => screen.findAllByTitle(/train\/\d{4}\.jpg/)),
  ).toBeTruthy();
  expect(offsets(asked).length).toBeLessThan(4);
});

function offsets(asked: Asked[]): string[] {
  return asked.filter((one) => one.path.endsWith("/items")).map((one) => one.query.get("offset") ?? "");
}

it("keeps filters in the address, and says when nothing fits", async () => {
  serve(answers);
  showInFrame(<LookPage />, "/datasets/d1");
  await cells();
  await userEvent.click(screen.getByRole("combobox", { name: "Class" }));
  await userEvent.click(await screen.findByRole("option", { name: "bee (2,000)" }));
  expect(await screen.findByText("No picture fits")).toBeTruthy();
  expect(screen.getByTestId("address").textContent).toBe("/datasets/d1?label=bee");
  await userEvent.click(screen.getByRole("button", { name: "Show all" }));
  await cells();
  expect(screen.getByTestId("address").textContent).toBe("/datasets/d1");
});

it("is moved through by keys, chooses with Space, opens with Enter and goes on with arrows", async () => {
  serve(answers);
  showInFrame(<LookPage />, "/datasets/d1");
  await cells();
  screen.getByRole("listbox", { name: "Pictures" }).focus();
  await userEvent.keyboard("{ArrowRight} ");
  expect(screen.getByRole("region", { name: "Chosen pictures" }).textContent).toContain("1 picture");
  await userEvent.keyboard("{Shift>}{ArrowRight}{ArrowRight}{/Shift}");
  await waitFor(() =>
    expect(screen.getByRole("region", { name: "Chosen pictures" }).textContent).toContain("3 pictures"),
  );
  await userEvent.keyboard("{Home}{Enter}");
  const drawer = await screen.findByRole("dialog", { name: "0.jpg" });
  expect(drawer.textContent).toContain("1 of 5,000");
  expect(screen.getByTestId("address").textContent).toBe("/datasets/d1?item=0");
  fireEvent.keyDown(drawer, { key: "ArrowRight" });
  expect(await screen.findByRole("dialog", { name: "1.jpg" })).toBeTruthy();
  expect(screen.getByTestId("address").textContent).toBe("/datasets/d1?item=1");
});

it("puts chosen pictures into the queue, and asks before those that were decided", async () => {
  let told = { waiting: 1, decided: 1, absent: 0 };
  const asked = serve({ ...answers, "POST /api/datasets/d1/queue/by-hand": () => told });
  showInFrame(<LookPage />, "/datasets/d1");
  await cells();
  screen.getByRole("listbox", { name: "Pictures" }).focus();
  await userEvent.keyboard("{ArrowRight} {ArrowRight} ");
  await userEvent.click(screen.getByRole("button", { name: "To the queue" }));
  expect(await screen.findByText("1 picture decided already")).toBeTruthy();
  told = { waiting: 2, decided: 0, absent: 0 };
  await userEvent.click(screen.getByRole("button", { name: "Decide again" }));
  expect(await screen.findByText("2 pictures in the queue, before all others.")).toBeTruthy();
  expect(screen.queryByRole("region", { name: "Chosen pictures" })).toBeNull();
  const sent = asked.filter(({ path }) => path.endsWith("/by-hand")).map(({ body }) => body);
  const whole = { rows: [1, 2], version: "v1" };
  expect(sent).toEqual([
    { ...whole, again: false },
    { ...whole, again: true },
  ]);
});

it("puts nothing into the queue for who may only look", async () => {
  const guest = { ...session, accounts: true, name: "guest", role: "viewer" };
  serve({ ...answers, "GET /api/session": guest });
  showInFrame(<LookPage />, "/datasets/d1?item=1");
  await screen.findByRole("dialog", { name: "1.jpg" });
  expect(await screen.findByText("No check says anything against it.")).toBeTruthy();
  expect(screen.queryByRole("button", { name: /queue/ })).toBeNull();
});

it("a single picture is put into the queue, and then leads there", async () => {
  let entry: number | null = null;
  const put = () => {
    entry = 7;
    return { waiting: 1, decided: 0, absent: 0 };
  };
  const one = () => ({ ...item(1), ...whole, entry });
  serve({ ...answers, "GET /api/datasets/d1/items/1": one, "POST /api/datasets/d1/queue/by-hand": put });
  showInFrame(<LookPage />, "/datasets/d1?item=1");
  await userEvent.click(await screen.findByRole("button", { name: "Put into the queue" }));
  expect((await screen.findByRole("link", { name: "To the queue" })).getAttribute("href")).toBe("/datasets/d1/queue");
});

it("opens a picture from the address", async () => {
  serve(answers);
  showInFrame(<LookPage />, "/datasets/d1?item=1");
  const drawer = await screen.findByRole("dialog", { name: "1.jpg" });
  expect(drawer.textContent).toContain("camera");
});
