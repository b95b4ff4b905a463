/** How a table's columns and cells read. */

const UNITS: Record<string, string> = { m_s: "m/s", deg: "°", ms: "ms", px: "px", m: "m", s: "s" };

/** `knee_angle_deg` -> `knee angle` and `°`. */
export function heading(column: string): { words: string; unit: string } {
  for (const [suffix, unit] of Object.entries(UNITS)) {
    if (column.endsWith(`_${suffix}`)) return { words: words(column.slice(0, -suffix.length - 1)), unit };
  }
  return { words: words(column), unit: "" };
}

function words(name: string): string {
  return name.replaceAll("_", " ");
}

/** A cell as people read it: at most four decimals, a dash for nothing, the beginning of a long vector. */
export function cell(value: unknown, decimals?: number): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "number" && decimals !== undefined && Number.isFinite(value)) return value.toFixed(decimals);
  if (typeof value === "number") return Number.isFinite(value) ? String(Math.round(value * 1e4) / 1e4) : "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) {
    const shown = value
      .slice(0, 4)
      .map((one) => cell(one))
      .join(", ");
    return value.length > 4 ? `${shown}, … (${value.length})` : shown;
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Decimals that a column of a page is shown with, so that its points stand below each other; the CSV has all of them. */
export function decimalsOf(column: string, type: string, values: readonly unknown[]): number | undefined {
  if (type !== "number") return undefined;
  if (column === "time_s") return 3;
  const most = values.reduce<number>(
    (top, value) => (typeof value === "number" ? Math.max(top, Math.abs(value)) : top),
    0,
  );
  return most >= 100 ? 1 : most >= 10 ? 2 : 3;
}

/** Whether a column holds numbers, which stand at the right. */
export function isNumber(type: string): boolean {
  return type === "number" || type === "integer";
}

/** Where the media time of a row stands; -1 if rows have none. */
export function timeColumn(columns: readonly string[]): number {
  return columns.indexOf("time_s");
}

/** Media time of a row, or null. */
export function timeOf(row: readonly unknown[], at: number): number | null {
  const time = at < 0 ? null : row[at];
  return typeof time === "number" && Number.isFinite(time) ? time : null;
}

/** How near in time a row must be to be of the frame that is shown. */
export function half(fps: number | null): number {
  return 0.5 / (fps && fps > 0 ? fps : 25) + 1e-4;
}

/** `knee_angle_deg` -> `knee angle (°)`. */
export function columnLabel(column: string): string {
  const { words: name, unit } = heading(column);
  return unit ? `${name} (${unit})` : name;
}
