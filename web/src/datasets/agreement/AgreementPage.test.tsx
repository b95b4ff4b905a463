import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { serve } from "../../test/page";
import { always, dataset } from "../fixtures";
import { showInFrame } from "../testing";
import AgreementPage from "./AgreementPage";

const finding = {
  check: "label-agreement",
  asks: "Do annotators agree on the classes?",
  verdict: "fail",
  says: "alpha is 0.56",
  numbers: [],
  pictures: [],
  figures: [],
  causes: [],
  next_step: "",
  reference: "",
  suspects: 8,
};
const answers = { ...always, "GET /api/datasets/d1": dataset() };
const guide = "/api/datasets/d1/agreement/guide.html";

function open(told: object, more: object = {}) {
  serve({ ...answers, "GET /api/datasets/d1/agreement": told, ...more });
  showInFrame(<AgreementPage />, "/datasets/d1/agreement");
}

it("shows who labelled, what was found and the guide", async () => {
  open({ annotators: ["ana", "ben"], findings: [finding], guide });
  expect(await screen.findByText("2 annotators")).toBeTruthy();
  expect(screen.getByText("Alpha is 0.56.")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Draft of a labelling guide" }).getAttribute("href")).toBe(guide);
  expect(screen.getByRole("link", { name: "Work through them" })).toBeTruthy();
});

it("says how labels of several people get in when there are none", async () => {
  open({ annotators: [], findings: [], guide: "" });
  expect(await screen.findByText("Nothing was judged by two people")).toBeTruthy();
  expect(screen.getByText("Label Studio:")).toBeTruthy();
  expect(screen.queryByRole("link", { name: /guide/ })).toBeNull();
});

it("tells annotators without common items from none", async () => {
  open({ annotators: ["ana", "ben"], findings: [], guide: "" });
  expect(await screen.findByText(/2 annotators are named, but no item was judged by two of them/)).toBeTruthy();
});

it("waits for the check", async () => {
  open({}, { "GET /api/datasets/d1": dataset({ checked: null, state: "checking" }) });
  expect(await screen.findByText("The checks are at work")).toBeTruthy();
});
