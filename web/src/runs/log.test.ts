import { expect, it } from "vitest";
import { joined, type LogLine, MOST_LINES } from "./log";

const line = (id: number): LogLine => ({
  id,
  at: "2026-11-21T18:00:00Z",
  level: "info",
  text: `line ${id}`,
  run_video_id: null,
});

it("each line is there once, in order", () => {
  const first = joined([], [line(1), line(2)]);
  expect(joined(first, [line(2), line(3)]).map((one) => one.id)).toEqual([1, 2, 3]);
});

it("nothing new leaves the list as it is, so that nothing is drawn again", () => {
  const first = joined([], [line(1)]);
  expect(joined(first, [line(1)])).toBe(first);
  expect(joined(first, [])).toBe(first);
});

it("the newest lines are kept", () => {
  const many = joined(
    [],
    Array.from({ length: MOST_LINES + 10 }, (_, number) => line(number + 1)),
  );
  expect(many).toHaveLength(MOST_LINES);
  expect(many.at(-1)?.id).toBe(MOST_LINES + 10);
});
