import { describe, expect, it } from "vitest";
import { figure, noteText, scoreText, whatText, whenText } from "./words";

describe("what happened", () => {
  it.each([
    [{ what: "dwell", place: "yard", label: "person" }, "Person stayed in yard"],
    [{ what: "enter", place: "loading bay", label: "" }, "Something came into loading bay"],
    [{ what: "enter", place: "", label: "car" }, "Car came"],
    [{ what: "left object", place: "hall", label: "bag" }, "Bag was left in hall"],
    [{ what: "missing helmet", place: "site", label: "person" }, "Missing helmet at site"],
    [{ what: "new_rule", place: "", label: "person" }, "New rule"],
    [{ what: "", place: "", label: "" }, "Alarm"],
  ])("%j is %s", (alarm, text) => expect(whatText(alarm)).toBe(text));
});

it("tells a score only if there is one", () => {
  expect([0.713, 0, null, Number.NaN].map(scoreText)).toEqual(["71 %", "0 %", "", ""]);
});

it("tells figures with as many digits as people read", () => {
  expect([0.7134, 12.54, 2460.4, 3, -0.5].map(figure)).toEqual(["0.71", "12.5", "2,460", "3", "-0.5"]);
});

it("names who did something, if anybody is named", () => {
  expect(noteText({ kind: "false", who: "Ada" })).toBe("Ada called it a false alarm");
  expect(noteText({ kind: "comment", who: "" })).toBe("Somebody wrote");
});

it("tells the date of a moment only if it is another day", () => {
  const now = new Date(2026, 10, 22, 12);
  expect(whenText(new Date(2026, 10, 22, 9, 5, 7).toISOString(), now)).toBe("09:05:07");
  expect(whenText(new Date(2026, 10, 21, 18, 6, 0).toISOString(), now)).toBe("21 Nov, 18:06:00");
});
