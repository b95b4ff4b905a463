import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { type Asked, serve } from "../../test/page";
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

it("opens a picture from the address", async () => {
  serve(answers);
  showInFrame(<LookPage />, "/datasets/d1?item=1");
  const drawer = await screen.findByRole("dialog", { name: "1.jpg" });
  expect(drawer.textContent).toContain("camera");
});
