/** The files of a result. */

import type { Shape } from "../api/client";

export type ResultFile = Shape<"ResultFile">;

export const KINDS: Record<ResultFile["kind"], string> = {
  video: "Videos",
  table: "Tables",
  report: "Reports",
  facts: "How it was made",
  other: "Other",
};

/** The CSV file of a table, which spreadsheets open. */
export function csvOf(files: ResultFile[], table: string): ResultFile | undefined {
  return files.find((file) => file.name === `${table}.csv`);
}

/** Files by kind, in the order in which people look for them. */
export function grouped(files: ResultFile[]): [string, ResultFile[]][] {
  return (Object.keys(KINDS) as ResultFile["kind"][])
    .map((kind): [string, ResultFile[]] => [KINDS[kind], files.filter((file) => file.kind === kind)])
    .filter(([, members]) => members.length > 0);
}

export function downloadOf(file: Pick<ResultFile, "address">): string {
  return `${file.address}${file.address.includes("?") ? "&" : "?"}download=true`;
}
