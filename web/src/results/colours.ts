/** Colours of plots that can be told from the page's background, light or dark. */

type Rgb = [number, number, number];

/** What WCAG 2.2 asks of graphics (1.4.11). */
export const GRAPHIC_CONTRAST = 3;

export const LOOKS = {
  light: { page: "#ffffff", text: "#46535d", grid: "rgba(91,105,115,.15)", hover: "#ffffff", line: "#d5dde1" },
  dark: { page: "#182027", text: "#bcc6cd", grid: "rgba(188,198,205,.14)", hover: "#283239", line: "#46535d" },
} as const;
export type Scheme = keyof typeof LOOKS;

export function rgbOf(colour: string): Rgb | null {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(colour.trim())?.[1];
  if (hex) {
    const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex;
    return [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16)) as Rgb;
  }
  const parts = /^rgb\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\)$/i.exec(colour.trim());
  return parts ? (parts.slice(1, 4).map(Number) as Rgb) : null;
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio of WCAG, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The colour, moved towards black or white until it can be seen on the page; what is no plain colour stays as it is. */
export function legible(colour: string, scheme: Scheme): string {
  const from = rgbOf(colour);
  const page = rgbOf(LOOKS[scheme].page);
  if (!from || !page) return colour;
  const goal = scheme === "dark" ? 255 : 0;
  for (let share = 0; share <= 1; share += 0.05) {
    const mixed = from.map((value) => Math.round(value + (goal - value) * share)) as Rgb;
    if (contrast(mixed, page) >= GRAPHIC_CONTRAST) return share === 0 ? colour : hex(mixed);
  }
  return colour;
}

function hex(rgb: Rgb): string {
  return `#${rgb.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
