import { MantineProvider } from "@mantine/core";
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { Clock } from "./clock";
import { current, TableRows } from "./TableRows";

const PAGE = {
  columns: ["time_s", "id", "knee_deg"],
  types: ["number", "integer", "number"],
  rows: [
    [0, 1, 170.25],
    [0.04, 1, null],
    [0.08, 1, 165],
  ],
  total: 3,
  offset: 0,
};

function show(clock: Clock, onSort = vi.fn()) {
  render(
    <MantineProvider>
      <TableRows page={PAGE} sort={{ by: "", order: "up" }} onSort={onSort} clock={clock} fps={25} follow={false} />
    </MantineProvider>,
  );
  return onSort;
}

it("a click on a row seeks the video, and rows of the shown frame are marked", async () => {
  const clock = new Clock(0, 10, 25);
  show(clock);
  await userEvent.click(screen.getByRole("button", { name: "0.080" }));
  expect(clock.time).toBe(0.08);
  const marked = () => screen.getAllByRole("row").filter((row) => row.getAttribute("aria-current"));
  expect(marked().map((row) => row.textContent)).toEqual(["0.0801165.0"]);
  act(() => clock.seek(5));
  expect(marked()).toEqual([]);
});

it("columns tell their unit and sort", async () => {
  const onSort = show(new Clock(0, 10, 25));
  await userEvent.click(screen.getByRole("button", { name: /knee\s*°/ }));
  expect(onSort).toHaveBeenCalledWith("knee_deg");
  expect(screen.getByText("–")).toBeTruthy();
});

it("rows without a time are never of a moment", () => expect(current([null, 1, 1.01], 1, 0.02)).toEqual([1, 2]));
