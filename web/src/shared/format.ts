/** 1536 -> "1.5 KB"; decimal units, as file managers show them. */
export function bytes(count: number | null | undefined): string {
  if (count == null || !Number.isFinite(count)) return "–";
  const units = ["B", "KB", "MB", "GB", "TB", "PB"];
  let size = Math.max(0, count);
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 99.95 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** Seconds as a player shows them: 7.7 -> "0:08", 75 -> "1:15", 3723 -> "1:02:03". */
export function duration(seconds: number | null | undefined): string {
  if (seconds == null || !Number.isFinite(seconds)) return "–";
  const whole = Math.round(Math.max(0, seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** An estimate: 8 -> "less than 10 seconds", 75 -> "about 1 minute", 5400 -> "about 1.5 hours". */
export function about(seconds: number | null | undefined): string {
  if (seconds == null || !Number.isFinite(seconds)) return "–";
  if (seconds < 10) return "less than 10 seconds";
  if (seconds < 55) return `about ${Math.round(seconds / 10) * 10} seconds`;
  if (seconds < 3300) return many(Math.max(1, Math.round(seconds / 60)), "minute", "about ");
  const hours = Math.round(seconds / 1800) / 2;
  return many(hours, "hour", "about ");
}

function many(count: number, unit: string, before = ""): string {
  return `${before}${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** `3 videos`, `1 video`. */
export function counted(count: number, one: string, more = `${one}s`): string {
  return `${count.toLocaleString("en-GB")} ${count === 1 ? one : more}`;
}

/** How long since a moment: "just now", "5 minutes ago", "yesterday", then the date. */
export function ago(moment: string | Date | null | undefined, now: Date = new Date()): string {
  if (!moment) return "–";
  const then = new Date(moment);
  const seconds = (now.getTime() - then.getTime()) / 1000;
  if (seconds < 45) return "just now";
  if (seconds < 3300) return `${many(Math.max(1, Math.round(seconds / 60)), "minute")} ago`;
  if (seconds < 79_200) return `${many(Math.max(1, Math.round(seconds / 3600)), "hour")} ago`;
  const days = Math.round(seconds / 86_400);
  if (days <= 1) return "yesterday";
  if (days < 7) return `${days} days ago`;
  const year = then.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return then.toLocaleDateString("en-GB", { day: "numeric", month: "short", year });
}

/** Date and time in full: "21 Nov 2026, 18:06". */
export function moment(value: string | Date | null | undefined): string {
  if (!value) return "–";
  return new Date(value).toLocaleString("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
}

/** 0.374 -> "37 %". */
export function percent(fraction: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, fraction)) * 100)} %`;
}

/** With a capital and a full stop. */
export function asSentence(text: string): string {
  if (!text) return "";
  const ended = /[.!?]$/.test(text) ? text : `${text}.`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}
