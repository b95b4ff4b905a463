import { expect, it } from "vitest";
import { cellOf, shownColumns, sortedBy, usual } from "./columns";
import { runsPage } from "./fixtures";
import { number, took } from "./words";

const page = runsPage();
const [first] = page.rows;
const column = (key: string) => page.columns.find((one) => one.key === key) ?? page.columns[0];

it("shows the main metric first and settings in which runs differ, unless others were chosen", () => {
  expect(usual(page)).toEqual([
    "metric:validation/accuracy",
    "metric:validation/loss",
    "metric:train/loss",
    "setting:rate",
  ]);
  const chosen = shownColumns(page, ["metric:train/loss", "setting:seed", "gone"]);
  expect(chosen.map((one) => one.key)).toEqual(["metric:train/loss", "setting:seed"]);
});

it("puts the best first by a first click, and turns round by a second", () => {
  expect(sortedBy({ by: "", descending: false }, "metric:validation/accuracy", false).descending).toBe(true);
  expect(sortedBy({ by: "", descending: false }, "metric:validation/loss", true).descending).toBe(false);
  expect(sortedBy({ by: "name", descending: false }, "name", null)).toEqual({ by: "name", descending: true });
});

it("writes cells for people: digits, what is absent, and what is no number", () => {
  if (!first) throw new Error("the fixture is empty");
  const [rate, loss] = [column("setting:rate"), column("metric:validation/loss")];
  if (!rate || !loss) throw new Error("the fixture lacks columns");
  expect(cellOf(first, rate, "last")).toBe("0.001");
  expect(cellOf(first, loss, "last")).toBe("0.25");
  expect(cellOf(first, loss, "best")).toBe("0.2");
  const odd = { ...first, metrics: { "validation/loss": { last: null, min: 0.3, max: 9, odd: "nan" as const } } };
  expect([cellOf(odd, loss, "last"), cellOf(odd, loss, "best")]).toEqual(["NaN", "0.3"]);
  expect(cellOf({ ...first, settings: {}, metrics: {} }, rate, "last")).toBe("–");
});

it("numbers keep four digits and durations their units", () => {
  expect([0.912345, 12345.678, 1.23e-5, 2e8, 0, 40].map(number)).toEqual([
    "0.9123",
    "12345.7",
    "1.23e-5",
    "2e8",
    "0",
    "40",
  ]);
  expect(number(Number.NaN)).toBe("–");
  expect([0.42, 42, 75, 7384, null].map(took)).toEqual(["0.4 s", "42 s", "1 min 15 s", "2 h 3 min", "–"]);
});
