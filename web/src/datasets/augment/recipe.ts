/** A recipe of augmentation as it is edited: steps in their order, and what holds for all of them. */

import type { Form } from "./types";

export type Step = {
  /** Of the editor alone: a step keeps it wherever it goes. */
  id: number;
  use: string;
  chance: number;
  /** Only those that were set; the rest is as the transform has it by itself. */
  settings: Record<string, unknown>;
};
/** `options`: border, fill, least_visible, swap, where they are not what they are by themselves. */
export type Recipe = { steps: Step[]; options: Record<string, unknown> };

export const EMPTY: Recipe = { steps: [], options: {} };

export function added(recipe: Recipe, form: Form): Recipe {
  const step = { id: nextId(recipe), use: form.name, chance: chanceOf(form), settings: needed(form) };
  return { ...recipe, steps: [...recipe.steps, step] };
}

export function removed(recipe: Recipe, id: number): Recipe {
  return { ...recipe, steps: recipe.steps.filter((one) => one.id !== id) };
}

export function changed(recipe: Recipe, id: number, change: Partial<Step>): Recipe {
  return { ...recipe, steps: recipe.steps.map((one) => (one.id === id ? { ...one, ...change } : one)) };
}

/** Puts a step at another place. */
export function moved(recipe: Recipe, id: number, to: number): Recipe {
  const step = recipe.steps.find((one) => one.id === id);
  if (!step) return recipe;
  const rest = recipe.steps.filter((one) => one !== step);
  const place = Math.min(Math.max(0, to), rest.length);
  return { ...recipe, steps: [...rest.slice(0, place), step, ...rest.slice(place)] };
}

/** The steps as the server reads them. */
export function stepsOf({ steps }: Recipe): Record<string, unknown>[] {
  return steps.map(({ use, chance, settings }) => ({ use, ...(chance === 1 ? {} : { chance }), ...settings }));
}

/** A recipe from what a file holds: a list of steps, or a mapping with `steps`. Throws what people can read. */
export function recipeOf(data: unknown, forms: readonly Form[]): Recipe {
  const { steps, ...options } = Array.isArray(data) ? { steps: data as unknown[] } : asMapping(data);
  if (!Array.isArray(steps)) throw new Error("this is no recipe: it needs a list of steps");
  return { steps: steps.map((step, place) => stepOf(step, place, forms)), options: unusual(options) };
}

// As `trackside.data.augment.Recipe` has them by themselves; the text that is copied from here names them all.
const USUAL: Record<string, unknown> = { border: "auto", fill: [114, 114, 114], least_visible: 0.3, swap: [] };

function unusual(options: Record<string, unknown>): Record<string, unknown> {
  const differs = ([name, value]: [string, unknown]) => JSON.stringify(value) !== JSON.stringify(USUAL[name]);
  return Object.fromEntries(Object.entries(options).filter(differs));
}

function stepOf(step: unknown, place: number, forms: readonly Form[]): Step {
  const { use, chance = 1, ...settings } = asMapping(step);
  if (typeof use !== "string") throw new Error(`step ${place + 1} names no transform: write {use: flip, chance: 0.5}`);
  if (!forms.some((form) => form.name === use)) {
    throw new Error(
      `step ${place + 1}: there is no transform “${use}”; there are ${forms.map((one) => one.name).join(", ")}`,
    );
  }
  if (typeof chance !== "number" || !(chance >= 0 && chance <= 1)) {
    throw new Error(`step ${place + 1}: the chance must be 0 to 1`);
  }
  return { id: place + 1, use, chance, settings };
}

function asMapping(data: unknown): Record<string, unknown> {
  return data !== null && typeof data === "object" && !Array.isArray(data) ? (data as Record<string, unknown>) : {};
}

function nextId({ steps }: Recipe): number {
  return Math.max(0, ...steps.map((one) => one.id)) + 1;
}

/** A mirror on every picture only moves the problem; a half is what people mean. The size has to be right on all. */
function chanceOf({ settings }: Form): number {
  return settings.length === 0 ? 0.5 : 1;
}

/** Settings that have to be given. */
function needed({ settings }: Form): Record<string, unknown> {
  return Object.fromEntries(settings.filter((one) => one.required).map((one) => [one.name, startOf(one)]));
}

function startOf({ default: given, minimum = 0, maximum = 224, type }: Form["settings"][number]): unknown {
  if (given !== undefined) return given;
  if (type === "boolean") return false;
  return Math.min(maximum, Math.max(minimum, 224));
}
