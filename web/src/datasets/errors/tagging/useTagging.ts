/** Going through the mistakes: which is shown, and what a person may do about it. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Mistake } from "../types";
import { type Saying, toggled, withTag } from "./useSaying";

/** Which of the mistakes are gone through: all, those of a tag, or some by their numbers; `at` is where to begin. */
export type Wish = { tag: string; ids: number[]; at: number | null };

export function useTagging(saying: Saying, wish: Wish) {
  const { mistakes, say, undo } = saying;
  const loaded = mistakes.length > 0;
  const [list, setList] = useState<number[] | null>(null);
  const [place, setPlace] = useState(0);
  // The list stays as it was found: what is tagged on the way does not move what comes next.
  const first = useRef(wish);
  useEffect(() => {
    if (!loaded || list) return;
    const found = chosen(mistakes, first.current);
    setList(found.map((one) => one.id));
    setPlace(startOf(found, first.current.at));
  }, [loaded, list, mistakes]);

  const here = useRef({ list: list ?? [], place });
  here.current = { list: list ?? [], place };
  const go = useCallback((to: number) => {
    const next = Math.min(Math.max(0, to), here.current.list.length);
    here.current.place = next;
    setPlace(next);
  }, []);

  const acts = useMemo(() => {
    const id = () => here.current.list[here.current.place];
    const sayHere = (change: Parameters<typeof say>[1], joins = "") => {
      const mistake = id();
      if (mistake !== undefined) say([mistake], change, joins && `${joins} ${mistake}`);
    };
    return {
      toggle: (tag: string) => sayHere(toggled(tag)),
      put: (tag: string) => sayHere(withTag(tag)),
      comment: (comment: string) => sayHere(() => ({ comment }), "comment"),
      /** Looked at, and on. */
      next: () => {
        sayHere(() => ({}));
        go(here.current.place + 1);
      },
      skip: () => go(here.current.place + 1),
      back: () => go(here.current.place - 1),
      go,
      undo: () => {
        const [mistake] = undo();
        const to = here.current.list.indexOf(mistake ?? -1);
        if (to >= 0) go(to);
      },
    };
  }, [say, undo, go]);

  const byId = useMemo(() => new Map(mistakes.map((one) => [one.id, one])), [mistakes]);
  const shown = (list ?? []).slice(place).flatMap((id) => byId.get(id) ?? []);
  return {
    /** The one that is shown; null at the end. */
    mistake: shown[0] ?? null,
    ahead: shown.slice(1),
    place,
    count: list?.length ?? 0,
    ready: list !== null,
    acts,
  };
}

export type Tagging = ReturnType<typeof useTagging>;

function chosen(mistakes: Mistake[], { tag, ids }: Wish): Mistake[] {
  if (tag) return mistakes.filter((one) => one.tags.includes(tag));
  const wanted = new Set(ids);
  return wanted.size ? mistakes.filter((one) => wanted.has(one.id)) : mistakes;
}

/** Where to begin: where asked, else at the first that nobody looked at. */
function startOf(list: Mistake[], at: number | null): number {
  const asked = list.findIndex((one) => one.id === at);
  if (asked >= 0) return asked;
  return Math.max(
    0,
    list.findIndex((one) => !one.seen),
  );
}
