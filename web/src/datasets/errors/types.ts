import type { must, Shape } from "../../api/client";
import type { components } from "../../api/schema";

type Told<Name extends keyof components["schemas"]> = Awaited<ReturnType<typeof must<Shape<Name>>>>;

export type Study = Told<"StudyShape">;
/** `columns` are the other columns of the predictions, where the server tells them. */
export type Mistake = Told<"MistakeShape"> & { columns?: Record<string, string> };
export type Idea = Told<"IdeaShape">;
export type Ideas = Told<"IdeasShape">;
/** All that is said of one mistake; it replaces what was there. */
export type TagBody = Required<Shape<"TagBody">>;

/** Items of the data set that show a group, and which of the drawn mistakes are in it. */
type Examples = { rows: number[]; drawn: number[] };
export type Cluster = Examples & { name: string; why: string; share: number; count: number };
export type Slice = Examples & {
  name: string;
  about: string;
  count: number;
  mistakes: number;
  rate: number;
  low: number;
  high: number;
  rest: number;
  p_value: number;
};

/** One group of answers in two studies. */
export type Moved = {
  name: string;
  kind: "all" | "class" | "tag" | "column";
  count: number;
  before: number;
  after: number;
  fixed: number;
  new: number;
  p_value: number | null;
  others_fixed: number | null;
  change: number | null;
};
export type Comparison = {
  all: Moved;
  parts: Moved[];
  only_before: number;
  only_after: number;
  fixed: string[];
  new: string[];
};
