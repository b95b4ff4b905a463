import { describe, expect, it } from "vitest";
import { leftText, possible, priorityText, progressText, queueText, slotsOf, tookText } from "./states";

describe("a run in words", () => {
  it.each([
    [{ videos: 5, videos_done: 3, videos_failed: 1 }, "3 of 5 videos, 1 failed"],
    [{ videos: 5, videos_done: 5, videos_failed: 0 }, "5 videos"],
    [{ videos: 1, videos_done: 1, videos_failed: 0 }, "1 video"],
    [{ videos: 1, videos_done: 0, videos_failed: 0 }, "0 of 1 video"],
  ])("%j is %s", (run, text) => expect(progressText(run)).toBe(text));

  it("tells time left only while it runs and somebody knows", () => {
    expect(leftText({ state: "running", seconds_left: 120 })).toBe("about 2 minutes left");
    expect(leftText({ state: "running", seconds_left: null })).toBe("");
    expect(leftText({ state: "done", seconds_left: 3 })).toBe("");
  });

  it("tells how long it took once it has ended", () => {
    const started = "2026-11-21T18:00:00Z";
    expect(tookText({ started, finished: "2026-11-21T18:01:20Z" })).toBe("took 1:20");
    expect(tookText({ started, finished: null })).toBe("");
    expect(tookText({ started: null, finished: started })).toBe("");
  });

  it("has a word for every priority", () => {
    expect([-10, -1, 0, 1, 10].map(priorityText)).toEqual(["Low", "Low", "Normal", "High", "High"]);
  });
});

describe("what may be done with a run", () => {
  const items = [{ state: "done" }, { state: "failed" }, { state: "cancelled" }] as const;

  it("failed and cancelled videos can be done again once it stands still", () => {
    expect(possible({ state: "failed", videos_done: 1, items: [...items] })).toEqual({
      cancel: false,
      retry: 2,
      download: true,
      hasten: false,
    });
    expect(possible({ state: "running", videos_done: 0, items: [...items] }).retry).toBe(0);
  });

  it("a run that went well offers neither cancel nor retry", () => {
    const fine = possible({ state: "done", videos_done: 1, items: [{ state: "done" }] });
    expect([fine.cancel, fine.retry]).toEqual([false, 0]);
  });
});

describe("the queue", () => {
  const queue = { slots: { cpu: 2, gpu: 0 }, running: { cpu: 1 }, waiting: { cpu: 3 }, workers: 1 };

  it("is one line", () => expect(queueText(queue)).toBe("1 video running, 3 waiting. 2 videos at a time."));
  it("tells the limit only to those who wait", () =>
    expect(queueText({ ...queue, waiting: {} })).toBe("1 video running, 0 waiting."));
  it("says when it is empty", () =>
    expect(queueText({ ...queue, running: {}, waiting: {} })).toBe("Nothing is running."));
  it("offers a GPU only where there is one", () => {
    expect(slotsOf(queue)).toEqual(["cpu"]);
    expect(slotsOf({ ...queue, slots: { cpu: 1, gpu: 1 } })).toEqual(["cpu", "gpu"]);
    expect(slotsOf(undefined)).toEqual(["cpu"]);
  });
});
