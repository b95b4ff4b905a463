import { useMemo } from "react";
import { useSearchParams } from "react-router";

/** What the grid shows; it stands in the address, so that a view can be shared and comes back with the back button.
 * An empty class, split or group asks for items without one. */
export type Filters = {
  label: string | null;
  split: string | null;
  group: string | null;
  check: string;
  q: string;
  order: Order;
  /** Corners of a part of the map, x1,y1,x2,y2,... from 0 to 1. */
  area: string;
};
export type Order = (typeof ORDERS)[number]["value"];

export const ORDERS = [
  { value: "name", label: "By name" },
  { value: "label", label: "By class" },
  { value: "suspicion", label: "Suspicious first" },
  { value: "random", label: "Shuffled" },
  { value: "size", label: "Largest first" },
] as const;

export function filtersOf(params: URLSearchParams): Filters {
  const order = ORDERS.find((one) => one.value === params.get("order"))?.value;
  const check = params.get("check") ?? "";
  return {
    label: params.get("label"),
    split: params.get("split"),
    group: params.get("group"),
    check,
    q: params.get("q") ?? "",
    area: params.get("area") ?? "",
    order: order ?? (check ? "suspicion" : "name"),
  };
}

const MAY_BE_EMPTY = ["label", "split", "group"];

export function withFilters(before: URLSearchParams, change: Partial<Filters>): URLSearchParams {
  const after = new URLSearchParams(before);
  for (const [key, value] of Object.entries(change)) {
    if (value === null || (value === "" && !MAY_BE_EMPTY.includes(key))) after.delete(key);
    else after.set(key, value);
  }
  after.delete("item");
  return after;
}

export function isFiltering({ label, split, group, check, q, area }: Filters): boolean {
  return label !== null || split !== null || group !== null || !!(check || q || area);
}

export function useFilters(): [Filters, (change: Partial<Filters>) => void] {
  const [params, setParams] = useSearchParams();
  // Only what filters: opening a picture is no other view.
  const key = JSON.stringify(filtersOf(params));
  const filters = useMemo(() => JSON.parse(key) as Filters, [key]);
  return [filters, (change) => setParams((before) => withFilters(before, change), { replace: true })];
}
