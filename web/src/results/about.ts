/** The models of a result as its facts tell them. */

export type ModelFacts = {
  name: string;
  licence: string;
  runsOn: string;
  fallback: string;
  hashes: [string, string][];
};

export function modelFacts(given: Record<string, unknown>): ModelFacts {
  const hashes = given.sha256 && typeof given.sha256 === "object" ? Object.entries(given.sha256) : [];
  return {
    name: text(given.name),
    licence: text(given.licence),
    runsOn: text(given.runs_on),
    fallback: text(given.fallback),
    hashes: hashes.map(([file, hash]) => [file, text(hash)]),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
