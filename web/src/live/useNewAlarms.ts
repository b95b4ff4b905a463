/** Which cameras have got a new alarm just now, and the words that say so. */

import { useEffect, useRef, useState } from "react";
import { counted } from "../shared/format";
import { named } from "./states";
import type { Camera } from "./types";

// As long as a new alarm catches the eye.
const FRESH_MS = 12_000;

type Counted = Pick<Camera, "name" | "title" | "alarms_open">;
export type NewAlarms = { fresh: ReadonlySet<string>; said: string };

/** The cameras that have more open alarms than before; those that were not there before have none that are new. */
export function risen(before: ReadonlyMap<string, number> | null, cameras: Counted[]): Counted[] {
  if (!before) return [];
  return cameras.filter((camera) => camera.alarms_open > (before.get(camera.name) ?? camera.alarms_open));
}

export function words(cameras: Counted[]): string {
  if (cameras.length > 3) return `New alarms on ${counted(cameras.length, "camera")}`;
  return cameras.length ? `New alarm: ${cameras.map(named).join(", ")}` : "";
}

export function useNewAlarms(cameras: Camera[] | undefined): NewAlarms {
  const before = useRef<Map<string, number> | null>(null);
  const [told, setTold] = useState<NewAlarms>({ fresh: new Set(), said: "" });
  useEffect(() => {
    if (!cameras) return;
    const more = risen(before.current, cameras);
    before.current = new Map(cameras.map((camera) => [camera.name, camera.alarms_open]));
    if (!more.length) return;
    const names = more.map((camera) => camera.name);
    setTold(({ fresh }) => ({ fresh: new Set([...fresh, ...names]), said: words(more) }));
    // Not undone when the next answer comes: each alarm has its own time.
    setTimeout(() => {
      setTold(({ fresh, said }) => ({ fresh: new Set([...fresh].filter((name) => !names.includes(name))), said }));
    }, FRESH_MS);
  }, [cameras]);
  return told;
}
