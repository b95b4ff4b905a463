import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { serve } from "../../test/page";
import { always, dataset, items, withSize } from "../fixtures";
import { showInFrame } from "../testing";
import AugmentPage from "./AugmentPage";
import { boundsOf } from "./bounds";
import { added, changed, EMPTY, moved, recipeOf, removed, stepsOf } from "./recipe";
import type { Form } from "./types";

const number = { type: "number" as const, minimum: 0, maximum: 1 };
const forms: Form[] = [
  { name: "flip", title: "Flip", help: "Left and right exchanged.", kind: "geometric", settings: [] },
  {
    name: "brightness",
    title: "Brightness",
    help: "Brighter or darker.",
    kind: "photometric",
    settings: [{ ...number, name: "by", default: 0.2 }],
  },
  {
    name: "resize",
    title: "Resize",
    help: "Scaled.",
    kind: "geometric",
    settings: [{ name: "width", type: "integer", minimum: 1, maximum: 16384, required: true }],
  },
];
const [flip, brightness, resize] = forms as [Form, Form, Form];

describe("a recipe", () => {
  it("takes steps, with what has to be given", () => {
    const recipe = [flip, brightness, resize].reduce(added, EMPTY);
    expect(stepsOf(recipe)).toEqual([
      { use: "flip", chance: 0.5 },
      { use: "brightness" },
      { use: "resize", width: 224 },
    ]);
  });

  it("is changed, put in order and shortened, each step as itself", () => {
    const recipe = [flip, flip, brightness].reduce(added, EMPTY);
    const [one, , three] = recipe.steps.map((step) => step.id);
    const turned = moved(changed(recipe, one ?? 0, { chance: 1 }), three ?? 0, 0);
    expect(stepsOf(turned)).toEqual([{ use: "brightness" }, { use: "flip" }, { use: "flip", chance: 0.5 }]);
    expect(stepsOf(removed(turned, one ?? 0))).toEqual([{ use: "brightness" }, { use: "flip", chance: 0.5 }]);
    expect(stepsOf(moved(recipe, one ?? 0, 99)).at(-1)).toEqual({ use: "flip", chance: 0.5 });
    expect(moved(recipe, 99, 0)).toBe(recipe);
  });

  it("is read from what a file holds", () => {
    const read = recipeOf({ steps: [{ use: "flip", chance: 0.3 }], border: "reflect" }, forms);
    expect(stepsOf(read)).toEqual([{ use: "flip", chance: 0.3 }]);
    expect(read.options).toEqual({ border: "reflect" });
    const usual = { border: "auto", fill: [114, 114, 114], least_visible: 0.3, swap: [] };
    expect(recipeOf({ ...usual, steps: [] }, forms).options).toEqual({});
    expect(stepsOf(recipeOf([{ use: "brightness", by: 0.4 }], forms))).toEqual([{ use: "brightness", by: 0.4 }]);
  });

  it("says in a sentence what is none", () => {
    for (const data of [null, "flip", { steps: "flip" }, 7]) expect(() => recipeOf(data, forms)).toThrow("no recipe");
    expect(() => recipeOf([{ use: "flop" }], forms)).toThrow("there is no transform “flop”; there are flip");
    expect(() => recipeOf([{ use: "flip", chance: 2 }], forms)).toThrow("the chance must be 0 to 1");
    expect(() => recipeOf([7], forms)).toThrow("step 1 names no transform");
  });
});

it("makes ranges of sliders from bounds", () => {
  expect(boundsOf({ ...number, name: "by" })).toEqual({ min: 0, max: 1, step: 0.005 });
  expect(boundsOf({ name: "a", type: "integer", minimum: 1, maximum: 64 })).toEqual({ min: 1, max: 64, step: 1 });
  expect(boundsOf({ name: "a", type: "number", exclusiveMinimum: 0, maximum: 0.2 })).toEqual({
    min: 0.001,
    max: 0.2,
    step: 0.001,
  });
  expect(boundsOf({ name: "by", type: "number", default: 15 })).toEqual({ min: 0, max: 180, step: 1 });
});

const tried = (change: object = {}) => ({
  original: "data:,",
  pictures: ["data:,1", "data:,2"],
  captions: ["ant", "ant"],
  warnings: [],
  recipe_text: "steps: []\n",
  ...change,
});
const answers = {
  ...always,
  "GET /api/datasets/d1": dataset(),
  "GET /api/datasets/transforms": forms,
  "GET /api/datasets/d1/items": items(50, 3, 50),
  "POST /api/datasets/d1/augment": tried(),
};
type Wish = { recipe: unknown; row: number; seed: number };

beforeEach(() => {
  withSize(800, 600);
  localStorage.clear();
});

function open(more: object = {}) {
  const asked = serve({ ...answers, ...more });
  showInFrame(<AugmentPage />, "/datasets/d1/augment");
  return () => asked.filter((one) => one.method === "POST").map((one) => one.body as Wish);
}

it("tries a recipe that is put together by clicks, on other items and with other seeds", async () => {
  const user = userEvent.setup();
  const wishes = open();
  await user.click(await screen.findByRole("button", { name: "Add Flip" }));
  await user.click(screen.getByRole("button", { name: "Add Brightness" }));
  await waitFor(() => expect(wishes().at(-1)?.recipe).toEqual([{ use: "flip", chance: 0.5 }, { use: "brightness" }]));
  expect(await screen.findByAltText("Number 2: ant")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Draw again" }));
  await user.click(screen.getByRole("button", { name: "Another item" }));
  await waitFor(() => expect(wishes().at(-1)).toMatchObject({ row: 4, seed: 1 }));
});

it("moves steps by keys, and the focus goes along", async () => {
  const user = userEvent.setup();
  const wishes = open();
  await user.click(await screen.findByRole("button", { name: "Add Flip" }));
  await user.click(screen.getByRole("button", { name: "Add Brightness" }));
  screen.getByRole("button", { name: "Move Brightness: arrow up or down" }).focus();
  await user.keyboard("{ArrowUp}");
  await waitFor(() => expect(wishes().at(-1)?.recipe).toEqual([{ use: "brightness" }, { use: "flip", chance: 0.5 }]));
  expect(screen.getByText("Now step 1 of 2")).toBeTruthy();
  await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toContain("Move Brightness"));
});

it("shows a warning at the step that causes it", async () => {
  const user = userEvent.setup();
  const warning = {
    step: "2",
    use: "flip",
    what: "classes tell left from right",
    evidence: "left hand",
    fix: "swap them",
  };
  open({ "POST /api/datasets/d1/augment": tried({ warnings: [{ ...warning, says: "step 2" }] }) });
  await user.click(await screen.findByRole("button", { name: "Add Brightness" }));
  await user.click(screen.getByRole("button", { name: "Add Flip" }));
  const steps = await screen.findAllByRole("listitem");
  expect(await within(steps[1] as HTMLElement).findByText("Classes tell left from right.")).toBeTruthy();
  expect(within(steps[0] as HTMLElement).queryByRole("alert")).toBeNull();
});

it("takes a pasted recipe in, and says what is wrong with one that is none", async () => {
  const user = userEvent.setup();
  const wishes = open();
  await user.click(await screen.findByRole("button", { name: "Paste" }));
  const field = await screen.findByLabelText("YAML or JSON");
  await user.click(field);
  await user.paste("steps: [{use: flop}]");
  await user.click(screen.getByRole("button", { name: "Take it" }));
  expect((await screen.findByRole("alert")).textContent).toContain("there is no transform “flop”");
  await user.clear(field);
  await user.paste("border: reflect\nsteps:\n- use: brightness\n  by: 0.4\n- {use: flip, chance: 0.5}\n");
  await user.click(screen.getByRole("button", { name: "Take it" }));
  expect(await screen.findByText(/also sets border for all steps/)).toBeTruthy();
  await waitFor(() =>
    expect(wishes().at(-1)).toMatchObject({
      recipe: [
        { use: "brightness", by: 0.4 },
        { use: "flip", chance: 0.5 },
      ],
    }),
  );
});

it("keeps the recipe over a reload", async () => {
  localStorage.setItem("trackside-recipe:d1", JSON.stringify(added(EMPTY, brightness)));
  open();
  expect(await screen.findByText("1. Brightness")).toBeTruthy();
});

it("begins anew when what was kept is rubbish", async () => {
  localStorage.setItem("trackside-recipe:d1", '{"steps":[7]}');
  open();
  expect(await screen.findByText(/No step yet/)).toBeTruthy();
});
