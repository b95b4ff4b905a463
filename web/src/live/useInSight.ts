/** Whether an element is on the screen or close to it; one observer serves all of them. */

import { type RefObject, useEffect, useState } from "react";

// As far above and below the screen as one is likely to scroll next.
const MARGIN = "200px";
const told = new WeakMap<Element, (inSight: boolean) => void>();
let observer: IntersectionObserver | undefined;

function observe(element: Element, tell: (inSight: boolean) => void): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const entry of entries) told.get(entry.target)?.(entry.isIntersecting);
    },
    { rootMargin: MARGIN },
  );
  told.set(element, tell);
  observer.observe(element);
  return () => {
    told.delete(element);
    observer?.unobserve(element);
  };
}

export function useInSight(element: RefObject<Element | null>): boolean {
  const supported = typeof IntersectionObserver !== "undefined";
  const [inSight, setInSight] = useState(!supported);
  useEffect(() => {
    if (supported && element.current) return observe(element.current, setInSight);
  }, [element, supported]);
  return inSight;
}
