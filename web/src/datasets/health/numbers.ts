/** A measured number as people read it; null for what is none. */
export function shownNumber(number: Record<string, unknown>): { name: string; value: string } | null {
  const { name, value, unit } = number;
  if (typeof name !== "string") return null;
  if (typeof value !== "number" || !Number.isFinite(value)) return { name, value: "–" };
  const text = Number.isInteger(value)
    ? value.toLocaleString("en-GB")
    : Number(value.toPrecision(4)).toLocaleString("en-GB", { maximumFractionDigits: 6 });
  return { name, value: typeof unit === "string" && unit ? `${text} ${unit}` : text };
}
