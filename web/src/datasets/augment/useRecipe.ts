/** The recipe of a data set, kept over a reload. */

import { useCallback, useEffect, useState } from "react";
import { EMPTY, type Recipe } from "./recipe";

const PREFIX = "trackside-recipe";

export function useRecipe(dataset: string): [Recipe, (change: (recipe: Recipe) => Recipe) => void] {
  const name = `${PREFIX}:${dataset}`;
  const [recipe, setRecipe] = useState<Recipe>(() => read(name));
  useEffect(() => {
    try {
      localStorage.setItem(name, JSON.stringify(recipe));
    } catch {
      // No room, or forbidden: it is still on the page.
    }
  }, [name, recipe]);
  return [recipe, useCallback((change) => setRecipe(change), [])];
}

function read(name: string): Recipe {
  try {
    const found = JSON.parse(localStorage.getItem(name) ?? "null") as Recipe | null;
    const whole = found && Array.isArray(found.steps) && found.steps.every((one) => typeof one?.use === "string");
    return whole ? { steps: found.steps, options: found.options ?? {} } : EMPTY;
  } catch {
    return EMPTY;
  }
}
