import { expect, it } from "vitest";
import { contrast, GRAPHIC_CONTRAST, LOOKS, rgbOf, type Scheme } from "../../results/colours";
import type { Layout, Trace } from "../../results/plotly";
import { dressed, withBars } from "./dressing";

const rgb = (colour: string) => rgbOf(colour) as [number, number, number];

it.each<Scheme>(["light", "dark"])("draws error bars and words that can be seen on a %s page", (scheme) => {
  const trace = { type: "bar", x: [1], y: [2], error_y: { array: [1] } } as unknown as Trace;
  const [drawn] = withBars([trace], scheme) as unknown as { error_y: { color: string; array: number[] } }[];
  const words = (dressed({} as Layout, scheme) as { font: { color: string } }).font.color;
  const page = rgb(LOOKS[scheme].page);
  expect(drawn?.error_y.array).toEqual([1]);
  for (const colour of [drawn?.error_y.color ?? "", words]) {
    expect(contrast(rgb(colour), page)).toBeGreaterThanOrEqual(GRAPHIC_CONTRAST);
  }
});

it("leaves a colour that is given, and traces without error bars", () => {
  const given = { error_x: { color: "#c00" } } as unknown as Trace;
  expect(withBars([given, { type: "bar" } as Trace], "dark")).toEqual([given, { type: "bar" }]);
});
