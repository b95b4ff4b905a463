/** Which alarms are listed stands in the address, so that it can be sent to somebody. */

import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";
import type { AlarmFilters } from "./queries";
import { STATES } from "./words";

export const PERIODS = [
  { value: "1", label: "Today" },
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
];

/** Open ones are those that wait for somebody: they are shown unless something else is asked for. */
export function filtersOf(search: URLSearchParams): AlarmFilters {
  const state = search.get("state");
  const days = Number(search.get("days"));
  return {
    state: state === "all" ? "" : (STATES.find(({ value }) => value === state)?.value ?? "open"),
    camera: search.get("camera") ?? "",
    rule: search.get("rule") ?? "",
    days: PERIODS.some(({ value }) => Number(value) === days) ? days : 0,
  };
}

export function searchOf({ state, camera, rule, days }: AlarmFilters): URLSearchParams {
  const told = { state: state === "open" ? "" : state || "all", camera, rule, days: days ? String(days) : "" };
  return new URLSearchParams(Object.entries(told).filter(([, value]) => value));
}

export function useFilters(): [AlarmFilters, (change: Partial<AlarmFilters>) => void] {
  const [search, setSearch] = useSearchParams();
  const filters = useMemo(() => filtersOf(search), [search]);
  const change = useCallback(
    (next: Partial<AlarmFilters>) => setSearch((old) => searchOf({ ...filtersOf(old), ...next }), { replace: true }),
    [setSearch],
  );
  return [filters, change];
}
