import { type Problem, sentence } from "../../api/client";
import type { Use } from "../model/graph";
import type { Block, Setting } from "../model/palette";

/** Forms are made from what the server tells of each setting; here is what they have in common. */

/** What holds: what was set, or the default. */
export const settingValue = (setting: Setting, use: Use): unknown => use[setting.name] ?? setting.default;

export const isSet = (setting: Setting, use: Use): boolean =>
  setting.name in use && JSON.stringify(use[setting.name]) !== JSON.stringify(setting.default);

/** `0 to 1`, `above 0`, `at most 5 s`; empty if anything goes. */
export function rangeWords({ minimum, maximum, exclusive_minimum, exclusive_maximum, unit }: Setting): string {
  const tail = unit ? ` ${unit}` : "";
  if (minimum != null && maximum != null && !exclusive_minimum && !exclusive_maximum)
    return `${minimum} to ${maximum}${tail}`;
  const low = minimum == null ? "" : `${exclusive_minimum ? "above" : "at least"} ${minimum}${tail}`;
  const high = maximum == null ? "" : `${exclusive_maximum ? "below" : "at most"} ${maximum}${tail}`;
  return [low, high].filter(Boolean).join(", ");
}

/** What is wrong with a value as far as the form can tell; the server has the last word. */
export function valueProblem(setting: Setting, value: unknown): string {
  if (value == null || value === "") return setting.required ? "This must be set." : "";
  if (setting.widget !== "number" && setting.widget !== "integer") return "";
  if (typeof value !== "number" || !Number.isFinite(value)) return "This must be a number.";
  if (setting.widget === "integer" && !Number.isInteger(value)) return "This must be a whole number.";
  const { minimum, maximum, exclusive_minimum, exclusive_maximum } = setting;
  const low = minimum != null && (exclusive_minimum ? value <= minimum : value < minimum);
  const high = maximum != null && (exclusive_maximum ? value >= maximum : value > maximum);
  return low || high ? `This must be ${rangeWords(setting)}.` : "";
}

/** How far one press of an arrow key goes. */
export function stepOf({ widget, minimum, maximum }: Setting): number {
  if (widget === "integer") return 1;
  return minimum != null && maximum != null && maximum - minimum <= 1 ? 0.05 : 0.5;
}

/** The problems that the server pinned to a field; a place inside it counts too. */
export const problemsAt = (problems: Problem[] | undefined, field: string): Problem[] =>
  (problems ?? []).filter(({ port }) => port === field || port?.startsWith(`${field}.`));

export const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** A problem as people read it: what files write between back quotes stands in quotes. */
export const told = (problem: Problem): string => capital(sentence(problem).replace(/`([^`]+)`/g, "“$1”"));

/** Problems as sentences, one after the other. */
export const problemWords = (problems: Problem[]): string => problems.map(told).map(ended).join(" ");

const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** A value in a few words. */
export function valueWords(setting: Setting, value: unknown): string {
  if (value == null || value === "") return "";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "number") return `${Number(value.toPrecision(6))}${setting.unit ? ` ${setting.unit}` : ""}`;
  if (setting.widget === "line") return "drawn";
  if (setting.widget === "lines" && Array.isArray(value)) return `${value.length} drawn`;
  if (setting.widget === "polygon" || setting.widget === "points") {
    return Array.isArray(value) ? `${value.length} points` : "drawn";
  }
  if (Array.isArray(value)) return value.length ? value.map(String).join(", ") : "none";
  if (typeof value === "object") return Object.keys(value).join(", ");
  return String(value);
}

const DRAWN = ["polygons", "polygon", "line", "lines", "points"];
const MOST_LINES = 3;

/** The settings that tell most of a block: its model, what was drawn, then what is not as by default. */
export function summaryOf(block: Block, use: Use): [string, string][] {
  const chosen = block.settings.filter((setting) => setting.widget === "model" || isSet(setting, use));
  const weight = (setting: Setting): number =>
    setting.widget === "model" ? 0 : DRAWN.includes(setting.widget) || setting.widget === "classes" ? 1 : 2;
  const hidden = new Set(block.settings.map(({ coordinates }) => coordinates).filter(Boolean));
  return chosen
    .filter((setting) => !hidden.has(setting.name))
    .sort((a, b) => weight(a) - weight(b))
    .map((setting): [string, string] => [
      setting.title || setting.name,
      valueWords(setting, settingValue(setting, use)),
    ])
    .filter(([, words]) => words)
    .slice(0, MOST_LINES);
}
