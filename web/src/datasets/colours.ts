/** Colours of classes and splits: far apart, and to be seen on light and dark pages and on pictures. */

const PALETTE = [
  "#3e7bfa",
  "#f2711c",
  "#12a594",
  "#e5484d",
  "#8e4ec6",
  "#b88a00",
  "#0091ff",
  "#d6409f",
  "#46a758",
  "#a18072",
  "#5b5bd6",
  "#00a2c7",
  "#c2610c",
  "#7d8b2e",
  "#b45ac2",
  "#0f8a6b",
];
const NONE = "#87959e";

/** The colour of each name, by the order of the alphabet, so that a filter changes no colour. */
export function coloursOf(names: Iterable<string>): (name: string) => string {
  const places = new Map([...new Set(names)].sort().map((name, place) => [name, place]));
  return (name) => {
    const place = places.get(name);
    return name === "" || place === undefined ? NONE : (PALETTE[place % PALETTE.length] ?? NONE);
  };
}

/** From calm to alarming, 0 to 1. */
export function heat(share: number): string {
  const steps = ["#9aa7b0", "#7fa6a0", "#b8a14a", "#d98a1f", "#e5602d", "#d6263c"];
  const place = Math.round(Math.min(1, Math.max(0, share)) * (steps.length - 1));
  return steps[place] ?? NONE;
}
