import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { beforeEach, describe, expect, it } from "vitest";
import { serve } from "../../test/page";
import { always, items, withSize } from "../fixtures";
import { showInFrame } from "../testing";
import ErrorsPage from "./ErrorsPage";
import { exampleOf } from "./Example";
import { checked, idea, mistake, study } from "./fixtures";
import { ticksUpTo } from "./ideas/IdeasPlot";
import { togetherOf } from "./ideas/together";
import { why } from "./NewStudy";
import StudyPage from "./StudyPage";
import { fall, points, range, share, surely } from "./words";

const pages = (
  <Routes>
    <Route path="errors" element={<ErrorsPage />} />
    <Route path="errors/:study" element={<StudyPage />} />
  </Routes>
);
const S = "/api/datasets/d1/studies";
const drawn = [
  mistake(0, { seen: true, tags: ["dark"] }),
  mistake(1, { seen: true, tags: ["dark", "tiny"] }),
  mistake(2, { seen: true, tags: ["tiny"] }),
  mistake(3, { seen: true }),
];
const ideas = [idea("dark", { count: 2, days: 3, gain_per_day: 6.25 }), idea("tiny", { count: 2 })];
const all = { ideas, together: idea("dark + tiny", { share: 0.75, ceiling: 0.09375 }), slices: [], clusters: [] };
const answers = {
  ...always,
  "GET /api/datasets/d1": checked,
  "GET /api/datasets/d1/items": items(4, 0, 4),
  [`GET ${S}`]: [study(), study({ id: "2", name: "Model b", created: "2026-11-20T18:00:00Z" })],
  [`GET ${S}/1`]: study({ tagged: 4 }),
  [`GET ${S}/1/mistakes`]: drawn,
  [`GET ${S}/1/ideas`]: all,
};

beforeEach(() => {
  withSize(800, 600);
  localStorage.clear();
});

it("shows share, ceiling with its interval, and gain a day", async () => {
  serve(answers);
  showInFrame(pages, "/datasets/d1/errors/1");
  const row = (await screen.findByRole("link", { name: "dark" })).closest("tr");
  expect(row?.textContent).toContain("50 % (20 to 80 %)");
  expect(row?.textContent).toContain("37.5 % → 18.8 % (10.0 to 30.0 %)");
  expect(row?.textContent).toContain("−6.3");
  expect(screen.getByText("All together")).toBeTruthy();
  expect(screen.getByText(/25 % of the mistakes that were looked at have no tag/)).toBeTruthy();
});

it("notes a cost when the field is left, and forgets it when it is emptied", async () => {
  const user = userEvent.setup();
  const asked = serve({ ...answers, [`POST ${S}/1/costs`]: all });
  showInFrame(pages, "/datasets/d1/errors/1");
  await user.type(await screen.findByLabelText("Person days for tiny"), "2.5{Enter}");
  await user.clear(screen.getByLabelText("Person days for dark"));
  await user.tab();
  const costs = () => asked.filter((one) => one.path.endsWith("/costs")).map((one) => one.body);
  await waitFor(() =>
    expect(costs()).toEqual([
      { tag: "tiny", days: 2.5 },
      { tag: "dark", days: null },
    ]),
  );
});

it("counts a mistake with two chosen tags once", async () => {
  const user = userEvent.setup();
  serve({ ...answers, [`GET ${S}/1/ideas`]: { ...all, ideas: [...ideas, idea("blur", { count: 0, share: 0 })] } });
  showInFrame(pages, "/datasets/d1/errors/1");
  await user.click(await screen.findByRole("checkbox", { name: "Together: dark" }));
  await user.click(screen.getByRole("checkbox", { name: "Together: tiny" }));
  const row = (await screen.findByText("Together")).closest("tr");
  expect(row?.textContent).toContain("37.5 % → 9.4 %");
});

it("warns when a group was tagged out of turn", async () => {
  const picked = [mistake(0), ...drawn.slice(1)];
  serve({ ...answers, [`GET ${S}/1/mistakes`]: picked });
  showInFrame(pages, "/datasets/d1/errors/1");
  expect(await screen.findByText(/3 mistakes were tagged out of turn/)).toBeTruthy();
});

it("tells what moved since an earlier study", async () => {
  const user = userEvent.setup();
  const moved = { name: "all", kind: "all", count: 100, before: 20, after: 10, fixed: 12, new: 2 };
  const part = { ...moved, name: "ant", kind: "class", p_value: 0.001, others_fixed: null, change: -10 };
  const told = { p_value: 0.013, others_fixed: null, change: -10 };
  const compared = {
    all: { ...moved, ...told },
    parts: [part],
    only_before: 0,
    only_after: 0,
    fixed: ["x.jpg"],
    new: [],
  };
  serve({ ...answers, [`GET ${S}/1/compare/2`]: compared });
  showInFrame(pages, "/datasets/d1/errors/1");
  await user.click(await screen.findByRole("combobox", { name: "Compare with" }));
  await user.click(await screen.findByRole("option", { name: /Model b/ }));
  expect(
    await screen.findByText(/20.0 % → 10.0 % over 100 common answers: 12 fixed, 2 new; hardly chance/),
  ).toBeTruthy();
  expect(screen.getByText("better, not chance")).toBeTruthy();
});

it("says what to bring when there is no study, with the data set's own names", async () => {
  serve({ ...answers, [`GET ${S}`]: [] });
  showInFrame(pages, "/datasets/d1/errors");
  expect(await screen.findByText("Which idea deserves your week?")).toBeTruthy();
  expect(await screen.findByText(/item,truth,prediction,score,camera\s+train\/0.jpg,ant,bee/)).toBeTruthy();
});

it("begins a study from a file", async () => {
  const user = userEvent.setup();
  const asked = serve({ ...answers, [`POST ${S}/file`]: Response.json(study(), { status: 201 }) });
  showInFrame(pages, "/datasets/d1/errors");
  await user.click(await screen.findByRole("button", { name: "New study" }));
  await waitFor(() => expect(document.querySelector("input[type=file]")).toBeTruthy());
  const file = new File(["item,truth,prediction\n"], "run 7.csv", { type: "text/csv" });
  await user.upload(document.querySelector("input[type=file]") as HTMLInputElement, file);
  await user.click(screen.getByRole("button", { name: "Draw mistakes" }));
  await waitFor(() => expect(screen.getByTestId("address").textContent).toBe("/datasets/d1/errors/1"));
  const begun = asked.find((one) => one.path === `${S}/file`);
  expect(Object.fromEntries(begun?.query ?? [])).toEqual({ name: "run 7", draw: "100", seed: "0" });
});

describe("what ideas win together", () => {
  it("is the server's if it has told that of the chosen ones", () => {
    const three = [...ideas, idea("blur")];
    expect(togetherOf(three, idea("dark + tiny"), ["tiny", "dark"])?.all).toBe(false);
    expect(togetherOf(three, idea("dark + tiny + blur"), ["dark", "tiny"])).toBeNull();
    expect(togetherOf(three, idea("dark + tiny + blur"), ["dark"])?.all).toBe(true);
    expect(togetherOf(three, null, [])).toBeNull();
  });
});

it("writes numbers for people", () => {
  expect([0.0953, 0.00042, 1, 0].map((one) => share(one))).toEqual(["9.5 %", "0.042 %", "100 %", "0.0 %"]);
  expect(range(0.092, 0.098)).toBe("9.2 to 9.8 %");
  expect(fall(0.1, 0.095)).toBe("10.0 % → 9.5 %");
  expect([-0.52, 1.2, 0.001].map(points)).toEqual(["−0.5", "+1.2", "0.0"]);
  expect([0.001, 0.03, 0.2, null].map(surely)).toEqual([
    "not chance",
    "hardly chance",
    "may be chance",
    "cannot be told",
  ]);
  expect(why(100)).toContain("stands for 13 to 29 % of all mistakes");
  expect(exampleOf(["a,b.jpg"], ["x"])).toContain('"a,b.jpg",x,bee,0.61,reflex');
  expect(ticksUpTo(0.375)).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
  expect(ticksUpTo(0.1)).toEqual([0, 0.02, 0.04, 0.06, 0.08, 0.1]);
});
