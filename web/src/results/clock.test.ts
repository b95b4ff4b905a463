import { expect, it, vi } from "vitest";
import { Clock } from "./clock";
import { act } from "./useShortcuts";

/** A video element as far as the clock looks at it. */
function film(duration = 10) {
  const target = new EventTarget();
  const video = Object.assign(target, {
    currentTime: 0,
    duration,
    readyState: 1,
    paused: true,
    ended: false,
    seeking: false,
    playbackRate: 1,
    play: vi.fn(async () => {
      video.paused = false;
      video.dispatchEvent(new Event("play"));
    }),
    pause: vi.fn(() => {
      video.paused = true;
      video.dispatchEvent(new Event("pause"));
    }),
  });
  return video as typeof video & HTMLVideoElement;
}

it("seeks in media time and tells everybody who listens", () => {
  const clock = new Clock(5, 10, 25);
  const video = film();
  clock.attach({ video, start: 5 });
  const heard: number[] = [];
  clock.listen((time) => heard.push(time));
  clock.seek(8);
  expect(video.currentTime).toBe(3);
  expect(heard).toEqual([5, 8]);
  clock.seek(99);
  expect(clock.time).toBe(15);
});

it("a moment that is asked for before the video is there is not lost", () => {
  const clock = new Clock(0, 10, 25);
  const video = film();
  Object.assign(video, { readyState: 0 });
  clock.attach({ video, start: 0 });
  clock.seek(4);
  expect(video.currentTime).toBe(0);
  Object.assign(video, { readyState: 1 });
  video.dispatchEvent(new Event("loadedmetadata"));
  expect(video.currentTime).toBe(4);
});

it("a second video follows by its own start, and is only moved when it drifts", () => {
  const clock = new Clock(0, 10, 25);
  const [lead, other] = [film(), film()];
  clock.attach({ video: lead, start: 0 });
  clock.attach({ video: other, start: 2 });
  void clock.play();
  lead.currentTime = 5;
  other.currentTime = 3.02;
  lead.dispatchEvent(new Event("timeupdate"));
  expect(other.currentTime).toBe(3.02);
  other.currentTime = 3.5;
  lead.dispatchEvent(new Event("timeupdate"));
  expect(other.currentTime).toBe(3);
  clock.pause();
});

it("a loop goes back at its end while it plays, and can be left by seeking when it does not", () => {
  const clock = new Clock(0, 10, 25);
  const video = film();
  clock.attach({ video, start: 0 });
  clock.setSpan({ from: 2, to: 4 });
  expect(clock.time).toBe(2);
  void clock.play();
  video.currentTime = 4.01;
  video.dispatchEvent(new Event("timeupdate"));
  expect(video.currentTime).toBe(2);
  clock.pause();
  clock.seek(8);
  expect(clock.time).toBe(8);
});

it("keys step frames, seek, loop, and leave all others alone", () => {
  const clock = new Clock(0, 10, 25);
  const [whole, help] = [vi.fn(), vi.fn()];
  const press = (key: string, shiftKey = false) => act(clock, { key, shiftKey }, { whole, help });
  press(".");
  expect(clock.time).toBeCloseTo(0.06);
  press("ArrowRight", true);
  expect(clock.time).toBe(10);
  press("Home");
  press("]");
  expect(clock.span).toEqual({ from: 0, to: 0.1 });
  press("l");
  expect(clock.span).toBeNull();
  press("f");
  expect(whole).toHaveBeenCalledOnce();
  press("?", true);
  expect(help).toHaveBeenCalledOnce();
  expect(press("x")).toBe(false);
});

it("who let go is told nothing more", () => {
  const clock = new Clock(0, 10, 25);
  const heard = vi.fn();
  clock.listen(heard)();
  clock.seek(3);
  expect(heard).toHaveBeenCalledTimes(1);
});
