/** What the wall shows stands in the address, so that it can be sent to somebody. */

import { useSearchParams } from "react-router";
import { type Filters, type Sort, STATES } from "./states";

export function useFilters(): [Filters, (change: Partial<Filters>) => void] {
  const [search, setSearch] = useSearchParams();
  const sort = search.get("sort");
  const filters: Filters = {
    q: search.get("q") ?? "",
    state: STATES.find(({ value }) => value === search.get("state"))?.value ?? "",
    alarms: search.get("alarms") === "yes",
    sort: sort === "state" || sort === "alarms" ? sort : ("name" satisfies Sort),
  };
  const change = (next: Partial<Filters>) => {
    const { q, state, alarms, sort } = { ...filters, ...next };
    const told = { q, state, alarms: alarms ? "yes" : "", sort: sort === "name" ? "" : sort };
    setSearch(Object.fromEntries(Object.entries(told).filter(([, value]) => value)), { replace: true });
  };
  return [filters, change];
}
