/** The strip of time under a video: seek by drag or keys, marks of events, and the loop with its two handles. */

import { type KeyboardEvent, type PointerEvent, useCallback, useRef } from "react";
import { type Clock, useClockState, usePicked, useTick } from "./clock";
import classes from "./player.module.css";
import { clamp, clockText } from "./time";

export type Mark = { time: number; text: string };

// More marks than this lie over each other.
const MOST_MARKS = 400;

type Props = { clock: Clock; marks: Mark[] };

export function TimeStrip({ clock, marks }: Props) {
  const strip = useRef<HTMLDivElement>(null);
  const fill = useRef<HTMLDivElement>(null);
  const knob = useRef<HTMLDivElement>(null);
  const hint = useRef<HTMLDivElement>(null);
  const share = useCallback((time: number) => clamp((time - clock.start) / (clock.seconds || 1), 0, 1), [clock]);
  const paint = useCallback(
    (time: number) => {
      if (fill.current) fill.current.style.transform = `scaleX(${share(time)})`;
      if (knob.current) knob.current.style.left = `${share(time) * 100}%`;
    },
    [share],
  );
  useTick(clock, paint);
  const timeAt = (clientX: number) => {
    const box = strip.current?.getBoundingClientRect();
    return box?.width ? clock.start + clamp((clientX - box.left) / box.width, 0, 1) * clock.seconds : clock.time;
  };
  const hover = (event: PointerEvent) => {
    if (event.buttons & 1 && strip.current?.hasPointerCapture(event.pointerId)) clock.seek(timeAt(event.clientX));
    if (!hint.current) return;
    const time = timeAt(event.clientX);
    hint.current.textContent = clockText(time);
    hint.current.style.left = `${share(time) * 100}%`;
  };
  return (
    <div
      ref={strip}
      className={classes.strip}
      onPointerDown={(event) => {
        strip.current?.setPointerCapture(event.pointerId);
        clock.seek(timeAt(event.clientX));
      }}
      onPointerMove={hover}
    >
      <div className={classes.rail}>
        <div ref={fill} className={classes.fill} />
      </div>
      <Marks clock={clock} marks={marks} />
      <Loop clock={clock} share={share} timeAt={timeAt} />
      <Knob clock={clock} knob={knob} />
      <div ref={hint} className={classes.hint} aria-hidden />
    </div>
  );
}

function Knob({ clock, knob }: { clock: Clock; knob: React.RefObject<HTMLDivElement | null> }) {
  // Told to screen readers once a second: more would be noise, and work.
  const second = usePicked(clock, (time) => Math.floor(time));
  const keys = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      PageDown: -10,
      PageUp: 10,
    };
    const by = steps[event.key];
    if (by === undefined) return;
    event.preventDefault();
    clock.seek(clock.time + by * (event.shiftKey ? 10 : 1));
  };
  return (
    <div
      ref={knob}
      className={classes.knob}
      role="slider"
      tabIndex={0}
      aria-label="Time"
      aria-valuemin={clock.start}
      aria-valuemax={clock.end}
      aria-valuenow={second}
      aria-valuetext={clockText(second, 0)}
      onKeyDown={keys}
    />
  );
}

function Marks({ clock, marks }: Props) {
  const each = Math.max(1, Math.ceil(marks.length / MOST_MARKS));
  return (
    <div className={classes.marks} aria-hidden>
      {marks
        .filter((_, number) => number % each === 0)
        .map((mark, number) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: several may share a time and a text
            key={number}
            style={{ left: `${clamp((mark.time - clock.start) / (clock.seconds || 1), 0, 1) * 100}%` }}
          />
        ))}
    </div>
  );
}

type LoopProps = { clock: Clock; share: (time: number) => number; timeAt: (clientX: number) => number };

function Loop({ clock, share, timeAt }: LoopProps) {
  const { span } = useClockState(clock);
  if (!span) return null;
  const handle = (side: "from" | "to") => ({
    className: classes.handle,
    style: { left: `${share(span[side]) * 100}%` },
    role: "slider",
    tabIndex: 0,
    "aria-label": side === "from" ? "Beginning of the loop" : "End of the loop",
    "aria-valuemin": clock.start,
    "aria-valuemax": clock.end,
    "aria-valuenow": span[side],
    "aria-valuetext": clockText(span[side]),
    onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent<HTMLDivElement>) => {
      if (event.buttons & 1) move(side, timeAt(event.clientX));
    },
    onKeyDown: (event: KeyboardEvent) => {
      const by = { ArrowLeft: -0.1, ArrowRight: 0.1 }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      move(side, span[side] + by * (event.shiftKey ? 10 : 1));
    },
  });
  const move = (side: "from" | "to", time: number) => (side === "from" ? clock.loopFrom(time) : clock.loopTo(time));
  return (
    <>
      <div
        className={classes.loop}
        style={{ left: `${share(span.from) * 100}%`, width: `${(share(span.to) - share(span.from)) * 100}%` }}
      />
      <div {...handle("from")} />
      <div {...handle("to")} />
    </>
  );
}
