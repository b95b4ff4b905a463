import type { Shape } from "../api/client";

export type Role = Shape<"PersonShape">["role"];

/** What each role may do, in words. */
export const roles: { value: Role; label: string; about: string }[] = [
  { value: "viewer", label: "Viewer", about: "looks at videos, runs and results, and downloads them" },
  {
    value: "analyst",
    label: "Analyst",
    about: "looks at everything, uploads, draws pipelines, runs them and adds models",
  },
  {
    value: "admin",
    label: "Administrator",
    about: "does everything, also people, webhooks and how long things are kept",
  },
];

/** The roles up to one's own: a token cannot do more than the person. */
export function upTo(role: Role | null | undefined): Role[] {
  const all = roles.map((one) => one.value);
  return all.slice(0, all.indexOf(role ?? "viewer") + 1);
}
