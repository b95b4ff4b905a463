import { expect, it } from "vitest";
import { camera } from "./fixtures";
import { counts, type Filters, sends, shown } from "./states";

const any: Filters = { q: "", state: "", alarms: false, sort: "name" };
const cameras = [
  camera({ name: "cam 10" }),
  camera({ name: "cam 2", state: "failed", alarms_open: 1 }),
  camera({ name: "cam 1", title: "Gate", state: "paused", alarms_open: 3, pipeline: "count-people" }),
];
const names = (filters: Partial<Filters>) => shown(cameras, { ...any, ...filters }).map(({ name }) => name);

it("sorts names as people count", () => {
  expect(names({})).toEqual(["cam 2", "cam 10", "cam 1"]);
});

it("puts trouble first, or most alarms", () => {
  expect(names({ sort: "state" })).toEqual(["cam 2", "cam 1", "cam 10"]);
  expect(names({ sort: "alarms" })).toEqual(["cam 1", "cam 2", "cam 10"]);
});

it("finds every word in the name, the title or the pipeline", () => {
  expect(names({ q: "GATE count" })).toEqual(["cam 1"]);
  expect(names({ q: "gate yard" })).toEqual([]);
});

it("narrows to a state and to alarms", () => {
  expect(names({ state: "failed" })).toEqual(["cam 2"]);
  expect(names({ alarms: true })).toEqual(["cam 2", "cam 1"]);
});

it("leaves the list that it is given as it is", () => {
  names({ sort: "alarms" });
  expect(cameras.map(({ name }) => name)).toEqual(["cam 10", "cam 2", "cam 1"]);
});

it("counts states, the worst first, none that nobody is in", () => {
  expect(counts(cameras)).toEqual([
    { state: "failed", count: 1 },
    { state: "paused", count: 1 },
    { state: "live", count: 1 },
  ]);
});

it("expects pictures of no camera that is paused, failed or not there yet", () => {
  expect((["live", "stalled", "reconnecting"] as const).every(sends)).toBe(true);
  expect((["paused", "failed", "stopped", "connecting"] as const).some(sends)).toBe(false);
});
