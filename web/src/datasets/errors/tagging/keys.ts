/** The keys of the tagging page. */

/** Letters that mean something else than a tag. */
const TAKEN = "tcz";
const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"].filter((letter) => !TAKEN.includes(letter));
const TAG_KEYS = [..."123456789", ...LETTERS];

/** The key of a tag by its place; empty for those that are typed. */
export function keyOf(place: number): string {
  return TAG_KEYS[place] ?? "";
}

export type Act =
  | { what: "next" | "skip" | "back" | "undo" | "new" | "comment" | "help" }
  | { what: "tag"; place: number };

const ACTS: Record<string, Exclude<Act["what"], "tag">> = {
  Enter: "next",
  " ": "next",
  ArrowRight: "skip",
  ArrowLeft: "back",
  z: "undo",
  t: "new",
  c: "comment",
  "?": "help",
};

/** What a key means; null for nothing. `tags` counts those in use. */
export function actOf(key: string, tags: number): Act | null {
  const name = key.length === 1 ? key.toLowerCase() : key;
  const what = ACTS[name];
  if (what) return { what };
  const place = TAG_KEYS.indexOf(name);
  return place >= 0 && place < tags ? { what: "tag", place } : null;
}

/** All keys, as the help shows them. */
export const KEYS: [keys: string[], what: string][] = [
  [["1–9", "a–z"], "Put a tag on, or take it off (the key stands beside each)"],
  [["T"], "A new tag, or one that is found by typing"],
  [["C"], "A comment; Esc or Enter leaves it"],
  [["Enter", "Space"], "Looked at; on to the next. Without a tag: none of the ideas"],
  [["→"], "On to the next, nothing said"],
  [["←"], "Back"],
  [["Z"], "Undo"],
  [["?"], "This list"],
];
