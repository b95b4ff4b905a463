import { expect, it } from "vitest";
import { contrast, rgbOf } from "./results/colours";
import { theme, variables } from "./theme";

it.each(["light", "dark"] as const)("warnings can be read in %s colours", (scheme) => {
  const named = variables({ ...theme } as never)[scheme];
  const [text, ground] = ["yellow-light-color", "yellow-light"].map((name) =>
    rgbOf(named[`--mantine-color-${name}`] ?? ""),
  );
  if (!text || !ground) throw new Error("the theme names no plain colours");
  expect(contrast(text, ground)).toBeGreaterThan(4.5);
});
