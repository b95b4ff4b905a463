import { expect, it } from "vitest";
import { contrast, GRAPHIC_CONTRAST, LOOKS, legible, rgbOf, type Scheme } from "./colours";

// The palette of the server's plots (pipelines/plots.py).
const PALETTE = ["#3e7bfa", "#f2711c", "#12a594", "#e5484d", "#8e4ec6", "#f5b700", "#0091ff", "#d6409f", "#46a758"];

it.each(["light", "dark"] as Scheme[])("every colour of the plots can be seen on a %s page", (scheme) => {
  const page = rgbOf(LOOKS[scheme].page);
  for (const colour of PALETTE) {
    const shown = rgbOf(legible(colour, scheme));
    expect(shown && page && contrast(shown, page)).toBeGreaterThanOrEqual(GRAPHIC_CONTRAST);
  }
});

it("a colour that can be seen already stays as it is", () => {
  expect(legible("#3e7bfa", "light")).toBe("#3e7bfa");
  expect(legible("#f5b700", "dark")).toBe("#f5b700");
});

it("what is no plain colour stays as it is", () => {
  expect(legible("rgba(1,2,3,.4)", "dark")).toBe("rgba(1,2,3,.4)");
  expect(legible("Viridis", "light")).toBe("Viridis");
});

it("contrast is that of WCAG", () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
  expect(contrast([119, 119, 119], [255, 255, 255])).toBeCloseTo(4.48, 1);
});
