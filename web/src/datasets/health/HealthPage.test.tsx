import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { serve } from "../../test/page";
import { always, dataset } from "../fixtures";
import { showInFrame } from "../testing";
import HealthPage from "./HealthPage";
import { shownNumber } from "./numbers";

const finding = (check: string, verdict: string, suspects: number) => ({
  check,
  asks: `Is there ${check}?`,
  verdict,
  says: `${check} was looked at`,
  numbers: [{ name: "share", value: 0.04125, unit: "" }],
  pictures: [],
  figures: [],
  causes: verdict === "ok" ? [] : [{ what: "copied folders", probability: 0.6 }],
  next_step: verdict === "ok" ? "" : "look at them",
  reference: "a paper",
  suspects,
});
const answers = {
  ...always,
  "GET /api/datasets/d1": dataset({ troubles: 3 }),
  "GET /api/datasets/d1/health": {
    title: "Ants and bees",
    verdict: "fail",
    facts: { items: "5,000" },
    findings: [finding("leakage", "fail", 12), finding("blur", "ok", 0)],
  },
  "GET /api/datasets/checks": [
    { name: "blur", asks: "Are pictures blurred?", costs: "one pass", source: "" },
    { name: "leakage", asks: "Do splits leak?", costs: "", source: "" },
  ],
};

it("shows what was found with the way to the pictures, and what was not found briefly", async () => {
  serve(answers);
  showInFrame(<HealthPage />, "/datasets/d1/health");
  expect(await screen.findByRole("heading", { name: "1 thing to look at" })).toBeTruthy();
  const grid = screen.getByRole("link", { name: "Show 12 pictures in the grid" });
  expect(grid.getAttribute("href")).toBe("/datasets/d1?check=leakage");
  expect(screen.getByRole("link", { name: "Work through them" }).getAttribute("href")).toBe(
    "/datasets/d1/queue?check=leakage",
  );
  expect(screen.getByText("Look at them.", { exact: false })).toBeTruthy();
  expect(screen.getByRole("heading", { name: "1 question with a good answer" })).toBeTruthy();
  expect(await screen.findByText("3 rows or files could not be read")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Report to print" }).getAttribute("href")).toBe(
    "/api/datasets/d1/health.html",
  );
});

it("asks some questions again", async () => {
  const asked = serve({ ...answers, "POST /api/datasets/d1/check": dataset({ state: "waiting" }) });
  showInFrame(<HealthPage />, "/datasets/d1/health");
  await userEvent.click(await screen.findByRole("button", { name: "Check again" }));
  await userEvent.click(await screen.findByRole("checkbox", { name: "Do splits leak?" }));
  await userEvent.click(screen.getByRole("button", { name: "Ask 1" }));
  await waitFor(() => expect(asked.some((one) => one.method === "POST")).toBe(true));
  expect(asked.find((one) => one.method === "POST")?.body).toMatchObject({ only: ["leakage"] });
});

it("says how it stands before the first check is done", async () => {
  serve({ ...answers, "GET /api/datasets/d1": dataset({ state: "checking", checked: null, verdict: null }) });
  showInFrame(<HealthPage />, "/datasets/d1/health");
  expect(await screen.findByText("The checks are at work")).toBeTruthy();
});

it("writes numbers for people", () => {
  expect(shownNumber({ name: "a", value: 12345, unit: "pictures" })?.value).toBe("12,345 pictures");
  expect(shownNumber({ name: "a", value: 0.041256 })?.value).toBe("0.04126");
  expect(shownNumber({ name: "a", value: null })?.value).toBe("–");
  expect(shownNumber({ value: 1 })).toBeNull();
});
