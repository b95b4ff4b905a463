/** A difference as `git diff` writes it, read into files and numbered lines. */

export type DiffLine = {
  kind: "same" | "added" | "removed" | "place" | "note";
  text: string;
  /** Numbers of the line before and after; null where it is not there. */
  before: number | null;
  after: number | null;
};
export type FileDiff = { name: string; added: number; removed: number; lines: DiffLine[] };

const PLACE = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
// What git tells of a file besides its lines, and people want to know.
const NOTE = /^(new file|deleted file|rename (from|to)|copy (from|to)|old mode|new mode|Binary files|GIT binary patch)/;

/** The files of a difference, in its order. A hunk's own counts say where it ends: a removed `-- x` looks like a head. */
export function filesOf(diff: string): FileDiff[] {
  const files: FileDiff[] = [];
  let [before, after, leftBefore, leftAfter] = [0, 0, 0, 0];
  const rows = diff.split("\n");
  if (rows.at(-1) === "") rows.pop();
  for (const row of rows) {
    const file = files.at(-1);
    const inside = leftBefore > 0 || leftAfter > 0;
    const place = inside ? null : PLACE.exec(row);
    if (place && file) {
      [before, after] = [Number(place[1]), Number(place[3])];
      [leftBefore, leftAfter] = [Number(place[2] ?? 1), Number(place[4] ?? 1)];
      file.lines.push({ kind: "place", text: row, before: null, after: null });
    } else if (inside && file) {
      const line = lineOf(row, before, after);
      file.lines.push(line);
      if (line.before !== null) [before, leftBefore] = [before + 1, leftBefore - 1];
      if (line.after !== null) [after, leftAfter] = [after + 1, leftAfter - 1];
      if (line.kind === "added") file.added += 1;
      if (line.kind === "removed") file.removed += 1;
    } else {
      head(files, row);
    }
  }
  return files;
}

function lineOf(row: string, before: number, after: number): DiffLine {
  const text = row.slice(1);
  if (row.startsWith("+")) return { kind: "added", text, before: null, after };
  if (row.startsWith("-")) return { kind: "removed", text, before, after: null };
  if (row.startsWith("\\")) return { kind: "note", text: text.trim(), before: null, after: null };
  return { kind: "same", text, before, after };
}

/** A line between hunks: it begins a file, names it, or tells something of it. */
function head(files: FileDiff[], row: string): void {
  const file = files.at(-1);
  if (row.startsWith("diff --git ")) {
    files.push({
      name: /^diff --git "?a\/(.*?)"? "?b\//.exec(row)?.[1] ?? row.slice(11),
      added: 0,
      removed: 0,
      lines: [],
    });
  } else if (row.startsWith("--- ")) {
    // Without git's own head: changes against changes.
    if (!file || file.lines.some((line) => line.kind === "place")) {
      files.push({ name: nameOf(row), added: 0, removed: 0, lines: [] });
    }
  } else if (row.startsWith("+++ ")) {
    const name = nameOf(row);
    if (file && name !== "/dev/null") file.name = name;
  } else if (file && NOTE.test(row)) {
    file.lines.push({ kind: "note", text: row, before: null, after: null });
  } else if (file && row.startsWith("\\")) {
    file.lines.push({ kind: "note", text: row.slice(1).trim(), before: null, after: null });
  }
}

function nameOf(row: string): string {
  const name =
    row
      .slice(4)
      .split("\t")[0]
      ?.replace(/^"(.*)"$/, "$1") ?? "";
  return name.replace(/^[ab]\//, "");
}
