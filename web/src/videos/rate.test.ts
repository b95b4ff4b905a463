import { expect, it } from "vitest";
import { nextRate, secondsLeft, startRate } from "./rate";

it("comes near the true rate although bytes come in bursts", () => {
  let rate = startRate(0, 0);
  for (let second = 1; second <= 30; second++) rate = nextRate(rate, Math.floor(second / 2) * 2000, second * 1000);
  expect(rate.rate).toBeGreaterThan(600);
  expect(rate.rate).toBeLessThan(1400);
});

it("puts looks together that are close in time", () => {
  const start = startRate(0, 0);
  expect(nextRate(start, 1000, 100)).toBe(start);
  expect(nextRate(start, 1000, 500).rate).toBe(2000);
});

it("gives no estimate while nothing moves", () => {
  expect(secondsLeft(0, 1000)).toBeNull();
  expect(secondsLeft(500, 1000)).toBe(2);
});
