/** Numbers of error analysis as people read them. */

/** 0.0953 -> "9.5 %", 0.00042 -> "0.042 %", 1 -> "100 %". */
export function share(value: number, digits = 1): string {
  const points = 100 * value;
  const small = points !== 0 && Math.abs(points) < 10 ** -digits;
  const text = small
    ? Number(points.toPrecision(2)).toString()
    : points.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${text.replace(/^100\.0+$/, "100")} %`;
}

/** "9.2 to 9.8 %". */
export function range(low: number, high: number, digits = 1): string {
  return `${share(low, digits).replace(" %", "")} to ${share(high, digits)}`;
}

/** What solving an idea would do: "10.0 % → 9.5 %". */
export function fall(from: number, to: number): string {
  return `${share(from)} → ${share(to)}`;
}

/** Percentage points, with its sign: "−0.5", "+1.2". */
export function points(value: number): string {
  const text = Math.abs(value).toLocaleString("en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return Number(text) === 0 ? "0.0" : `${value < 0 ? "−" : "+"}${text}`;
}

/** Person days: 3 -> "3", 0.25 -> "0.25". */
export function days(value: number): string {
  return value.toLocaleString("en-GB", { maximumFractionDigits: 2 });
}

/** What a chance of coincidence means in words. */
export function surely(chance: number | null): string {
  if (chance === null || !Number.isFinite(chance)) return "cannot be told";
  if (chance < 0.01) return "not chance";
  return chance < 0.05 ? "hardly chance" : "may be chance";
}

/** The 95 % interval of a share of 20 % among so many (Wilson 1927): why a number of mistakes is drawn. */
export function wilson(hits: number, count: number): [number, number] {
  if (count <= 0) return [0, 1];
  const z = 1.959963984540054;
  const rate = hits / count;
  const scale = 1 + (z * z) / count;
  const middle = rate + (z * z) / (2 * count);
  const half = z * Math.sqrt((rate * (1 - rate)) / count + (z * z) / (4 * count * count));
  return [Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale)];
}
