/** The keys of the queue. */

/** Letters that mean something else than a class. */
const TAKEN = "sxzeuo";
const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"].filter((letter) => !TAKEN.includes(letter));
const CLASS_KEYS = [..."123456789", ...LETTERS];

/** The key of a class by its place; empty for those that have to be searched. */
export function keyOf(place: number): string {
  return CLASS_KEYS[place] ?? "";
}

export type Act =
  | {
      what:
        | "keep"
        | "suggestion"
        | "remove"
        | "removeOther"
        | "undo"
        | "edit"
        | "search"
        | "help"
        | "skip"
        | "back"
        | "outlines";
    }
  | { what: "class"; place: number };

const ACTS: Record<string, Act["what"] & string> = {
  Enter: "keep",
  " ": "keep",
  s: "suggestion",
  x: "remove",
  o: "removeOther",
  z: "undo",
  u: "undo",
  e: "edit",
  "/": "search",
  "?": "help",
  ArrowRight: "skip",
  ArrowLeft: "back",
  "0": "outlines",
};

/** What a key means; null for nothing. `classes` counts those that there are. */
export function actOf(key: string, classes: number): Act | null {
  const name = key.length === 1 ? key.toLowerCase() : key;
  const what = ACTS[name];
  if (what) return { what } as Act;
  const place = CLASS_KEYS.indexOf(name);
  return place >= 0 && place < classes ? { what: "class", place } : null;
}

/** All keys, as the help shows them. */
export const KEYS: [keys: string[], what: string][] = [
  [["Enter", "Space"], "It is right: keep it"],
  [["1–9", "a–z"], "It is of this class (the key stands beside each)"],
  [["/"], "Search a class by its name"],
  [["S"], "Take the suggested class"],
  [["X"], "Remove the picture from the data set"],
  [["O"], "Of a pair: remove the other one, keep this"],
  [["E"], "Draw: boxes and keypoints"],
  [["→"], "Skip: somebody else shall decide"],
  [["←"], "Look back at what was decided; decide anew"],
  [["Z"], "Undo the last decision"],
  [["0"], "Hide or show what is drawn on the picture"],
  [["?"], "This list"],
];

/** Keys while boxes and keypoints are drawn. */
export const DRAWING_KEYS: [keys: string[], what: string][] = [
  [["Drag"], "Draw a box on empty ground; move or resize one; move a keypoint"],
  [["Tab"], "The next box or keypoint (Shift: the one before)"],
  [["↑", "↓", "←", "→"], "Move what is chosen by a pixel (Shift: ten)"],
  [["Alt + ↑ ↓ ← →"], "Resize the chosen box"],
  [["Delete"], "Delete the chosen box; a keypoint: not labelled"],
  [["V"], "The chosen keypoint: visible, hidden, not labelled"],
  [["1–9", "a–z", "/"], "The class of the chosen box"],
  [["Enter"], "Save, and on to the next picture"],
  [["Esc"], "Leave it as it was"],
];
