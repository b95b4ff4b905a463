/** The words for alarms that have come while the list is open, for those who do not see it. */

import { useEffect, useRef, useState } from "react";
import { counted } from "../shared/format";
import type { Alarm } from "./types";
import { whatText } from "./words";

/** Those of a list that the cameras saw after this moment, in milliseconds since 1970; none while there is none. */
export function newer<T extends { wall: string }>(alarms: T[], before: number): T[] {
  return before ? alarms.filter(({ wall }) => Date.parse(wall) > before) : [];
}

export function useNewest({ alarms }: { alarms: Alarm[] }): string {
  const newest = useRef(0);
  const [said, setSaid] = useState("");
  useEffect(() => {
    const come = newer(alarms, newest.current);
    const [first] = come;
    if (first) {
      const one = `New alarm: ${whatText(first)}, ${first.camera}`;
      setSaid(come.length > 1 ? counted(come.length, "new alarm") : one);
    }
    // Another filter may list older ones: the newest of all that were seen counts.
    newest.current = Math.max(newest.current, ...alarms.map(({ wall }) => Date.parse(wall)));
  }, [alarms]);
  return said;
}
