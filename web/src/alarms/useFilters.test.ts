import { expect, it } from "vitest";
import { firstMoment } from "./queries";
import { filtersOf, searchOf } from "./useFilters";

const of = (text: string) => filtersOf(new URLSearchParams(text));

it("shows open ones unless the address says otherwise", () => {
  expect(of("").state).toBe("open");
  expect(of("state=all").state).toBe("");
  expect(of("state=false").state).toBe("false");
  expect(of("state=weather").state).toBe("open");
});

it("takes only periods that can be chosen", () => {
  expect([of("days=7").days, of("days=8").days, of("days=x").days]).toEqual([7, 0, 0]);
});

it("writes what it reads, and nothing that goes without saying", () => {
  for (const text of ["", "state=all", "state=false&camera=gate&rule=yard&days=7"]) {
    expect(searchOf(of(text)).toString()).toBe(text);
  }
});

it("begins at midnight: today is one day", () => {
  const now = new Date(2026, 10, 22, 15, 30);
  expect(firstMoment(1, now)).toBe(new Date(2026, 10, 22).toISOString());
  expect(firstMoment(7, now)).toBe(new Date(2026, 10, 16).toISOString());
  expect(firstMoment(0, now)).toBeUndefined();
});
