/** Media time (seconds of the recording) and video time (seconds of the file that plays): which is which, and how it reads. */

/** A span of media time that is played again and again. */
export type Span = { from: number; to: number };

export function toMedia(videoTime: number, start: number): number {
  return videoTime + start;
}

export function toVideo(mediaTime: number, start: number): number {
  return Math.max(0, mediaTime - start);
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}

/**
 * The video time `frames` further, in the middle of that frame: a time on its edge shows one or the other, by rounding.
 */
export function step(videoTime: number, frames: number, fps: number | null, seconds: number): number {
  const rate = fps && fps > 0 ? fps : 25;
  const last = Math.max(0, Math.ceil(seconds * rate - 1e-6) - 1);
  const number = clamp(Math.floor(videoTime * rate + 1e-6) + frames, 0, last);
  return (number + 0.5) / rate;
}

/** Where playing goes on: back to the span's beginning at its end. */
export function looped(time: number, span: Span | null): number {
  if (!span || span.to <= span.from) return time;
  return time >= span.to || time < span.from - 0.5 ? span.from : time;
}

/** A span from two moments in any order, not shorter than a tenth of a second. */
export function spanOf(one: number, other: number, start: number, end: number): Span {
  const from = clamp(Math.min(one, other), start, end);
  return { from, to: clamp(Math.max(one, other, from + 0.1), start, end) };
}

/** `1:02:03.4`, `2:03.40`: hours only when there are any. */
export function clockText(seconds: number, digits = 2): string {
  if (!Number.isFinite(seconds)) return "–";
  const unit = 10 ** digits;
  const total = Math.round(Math.abs(seconds) * unit);
  const whole = Math.floor(total / unit);
  const rest = digits ? `.${String(total % unit).padStart(digits, "0")}` : "";
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const tail = `${String(whole % 60).padStart(2, "0")}${rest}`;
  const head = hours ? `${hours}:${String(minutes).padStart(2, "0")}` : `${minutes}`;
  return `${seconds < 0 && total ? "−" : ""}${head}:${tail}`;
}

/** The moment in an address (`?t=12.3`), or null if it tells none. */
export function momentIn(search: URLSearchParams): number | null {
  const text = search.get("t");
  const time = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(time) && time >= 0 ? time : null;
}

/** The address of a moment, to be sent to others. */
export function momentLink(address: string, time: number): string {
  const link = new URL(address);
  link.searchParams.set("t", String(Math.round(time * 1000) / 1000));
  return link.toString();
}
