/** The clock of a page of results: the videos' own time, told to plots and tables at every shown frame, outside of React. */

import { useCallback, useEffect, useSyncExternalStore } from "react";
import { clamp, looped, type Span, spanOf, step, toMedia, toVideo } from "./time";

type Listener = (time: number) => void;

/** A video and the media time of its first frame. */
export type Track = { video: HTMLVideoElement; start: number };

// A follower that is further off than this jumps; a smaller difference is neither seen nor worth a stutter.
const DRIFT = 0.08;

export class Clock {
  /** Media time, seconds. */
  time = 0;
  playing = false;
  rate = 1;
  span: Span | null = null;
  private tracks: Track[] = [];
  private readonly listeners = new Set<Listener>();
  private readonly watchers = new Set<() => void>();
  private frame = 0;
  private wanted: number | null = null;

  constructor(
    readonly start: number,
    readonly seconds: number,
    readonly fps: number | null,
  ) {
    this.time = start;
  }

  get end(): number {
    return this.start + this.seconds;
  }

  /** Follow a video; the first one leads. Returns how to let go of it. */
  attach(track: Track): () => void {
    this.tracks.push(track);
    const { video } = track;
    const moved = () => this.read();
    const changed = () => this.state();
    const ready = () => this.place(track);
    const on: [string, () => void][] = [
      ["timeupdate", moved],
      ["seeked", moved],
      ["play", changed],
      ["pause", changed],
      ["ended", changed],
      ["loadedmetadata", ready],
    ];
    for (const [name, run] of on) video.addEventListener(name, run);
    if (video.readyState >= 1) ready();
    return () => {
      for (const [name, run] of on) video.removeEventListener(name, run);
      this.tracks = this.tracks.filter((other) => other !== track);
      cancelAnimationFrame(this.frame);
    };
  }

  /** Told of every new time. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    listener(this.time);
    return () => this.listeners.delete(listener);
  }

  /** Told when it starts, stops, or its rate or loop changes. */
  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  seek(time: number): void {
    this.tell(clamp(time, this.start, this.end));
    for (const track of this.tracks) this.place(track);
    if (!this.tracks.some((track) => track.video.readyState >= 1)) this.wanted = this.time;
  }

  /** Frames forward, or back if negative; stops playing. */
  step(frames: number): void {
    this.pause();
    this.seek(this.start + step(this.time - this.start, frames, this.fps, this.seconds));
  }

  async play(): Promise<void> {
    if (this.time >= this.end - 0.02) this.seek(this.span?.from ?? this.start);
    // A browser may refuse to play before the first click; the button then simply still says "play".
    await Promise.all(this.tracks.map((track) => track.video.play().catch(() => undefined)));
  }

  pause(): void {
    for (const track of this.tracks) track.video.pause();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else void this.play();
  }

  setRate(rate: number): void {
    this.rate = rate;
    for (const track of this.tracks) track.video.playbackRate = rate;
    this.changed();
  }

  setSpan(span: Span | null): void {
    this.span = span;
    if (span && (this.time < span.from || this.time > span.to)) this.seek(span.from);
    this.changed();
  }

  /** A loop from here on (5 s, or to the end); none if there is one already. */
  toggleLoop(): void {
    const from = Math.min(this.time, Math.max(this.start, this.end - 1));
    this.setSpan(this.span ? null : spanOf(from, from + 5, this.start, this.end));
  }

  loopFrom(time: number): void {
    const to = this.span?.to ?? this.end;
    this.setSpan(spanOf(Math.min(time, to - 0.1), to, this.start, this.end));
  }

  loopTo(time: number): void {
    const from = this.span?.from ?? this.start;
    this.setSpan(spanOf(from, Math.max(time, from + 0.1), this.start, this.end));
  }

  private place({ video, start }: Track): void {
    if (video.readyState < 1) return;
    const time = this.wanted ?? this.time;
    if (this.wanted !== null && video === this.tracks[0]?.video) this.wanted = null;
    video.playbackRate = this.rate;
    video.currentTime = toVideo(time, start);
  }

  private read(): void {
    const lead = this.tracks[0];
    if (!lead || this.wanted !== null || lead.video.seeking) return;
    const time = toMedia(lead.video.currentTime, lead.start);
    const back = this.playing ? looped(time, this.span) : time;
    if (back !== time) this.seek(back);
    else this.tell(time);
    if (this.playing) this.keepTogether();
  }

  private keepTogether(): void {
    for (const { video, start } of this.tracks.slice(1)) {
      const target = toVideo(this.time, start);
      if (Math.abs(video.currentTime - target) > DRIFT && !video.seeking && target <= video.duration) {
        video.currentTime = target;
      }
    }
  }

  private state(): void {
    const lead = this.tracks[0]?.video;
    this.playing = !!lead && !lead.paused && !lead.ended;
    if (!this.playing) for (const { video } of this.tracks.slice(1)) video.pause();
    cancelAnimationFrame(this.frame);
    if (this.playing) this.run();
    this.changed();
  }

  private run(): void {
    this.frame = requestAnimationFrame(() => {
      this.read();
      if (this.playing) this.run();
    });
  }

  private tell(time: number): void {
    this.time = time;
    for (const listener of this.listeners) listener(time);
  }

  private changed(): void {
    for (const watcher of this.watchers) watcher();
  }
}

/** Whether it plays, its rate and its loop, for components. */
export function useClockState(clock: Clock): { playing: boolean; rate: number; span: Span | null } {
  const playing = useSyncExternalStore(clock.watch, () => clock.playing);
  const rate = useSyncExternalStore(clock.watch, () => clock.rate);
  const span = useSyncExternalStore(clock.watch, () => clock.span);
  return { playing, rate, span };
}

/** Do something at every new time without rendering. */
export function useTick(clock: Clock, run: Listener): void {
  useEffect(() => clock.listen(run), [clock, run]);
}

/** The time for components, rendered anew only when `pick` gives another value. */
export function usePicked<T extends string | number | boolean | null>(clock: Clock, pick: (time: number) => T): T {
  const subscribe = useCallback((changed: () => void) => clock.listen(changed), [clock]);
  return useSyncExternalStore(subscribe, () => pick(clock.time));
}
