import { type RefObject, useEffect, useRef, useState } from "react";

export type Size = { width: number; height: number };

/** How large an element is, and again whenever that changes. */
export function useSize(element: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    const box = element.current;
    if (!box) return;
    const measure = () =>
      setSize((before) =>
        before.width === box.clientWidth && before.height === box.clientHeight
          ? before
          : { width: box.clientWidth, height: box.clientHeight },
      );
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

// Pixels a millisecond: faster than this nobody sees pictures pass, so none are fetched.
const TOO_FAST = 6;
// Milliseconds without scrolling after which the place counts as found.
const REST = 90;

/** Where an element is scrolled to, at most once a frame, and whether it rushes by. */
export function useScroll(element: RefObject<HTMLElement | null>, step: number): { top: number; rushing: boolean } {
  const [state, setState] = useState({ top: 0, rushing: false });
  const last = useRef({ top: 0, at: 0 });
  useEffect(() => {
    const box = element.current;
    if (!box) return;
    let frame = 0;
    let rest: ReturnType<typeof setTimeout> | undefined;
    const show = (rushing: boolean) => {
      // Within one row of the grid nothing that is drawn changes.
      const top = step ? Math.floor(box.scrollTop / step) * step : box.scrollTop;
      setState((before) => (before.top === top && before.rushing === rushing ? before : { top, rushing }));
    };
    const look = () => {
      frame = 0;
      const now = performance.now();
      const speed = Math.abs(box.scrollTop - last.current.top) / Math.max(1, now - last.current.at);
      last.current = { top: box.scrollTop, at: now };
      show(speed > TOO_FAST);
    };
    const scrolled = () => {
      frame ||= requestAnimationFrame(look);
      clearTimeout(rest);
      rest = setTimeout(() => show(false), REST);
    };
    box.addEventListener("scroll", scrolled, { passive: true });
    show(false);
    return () => {
      box.removeEventListener("scroll", scrolled);
      cancelAnimationFrame(frame);
      clearTimeout(rest);
    };
  }, [element, step]);
  return state;
}
