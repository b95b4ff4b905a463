import { expect, it } from "vitest";
import { newer } from "./useNewest";

const alarms = [{ wall: "2026-11-22T09:05:00.5Z" }, { wall: "2026-11-22T09:05:00Z" }];

it("calls nothing new at the first look", () => expect(newer(alarms, 0)).toEqual([]));

it("compares moments, not letters", () => {
  expect(newer(alarms, Date.parse("2026-11-22T09:05:00Z"))).toEqual([alarms[0]]);
});
