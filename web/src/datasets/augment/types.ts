import type { must, Shape } from "../../api/client";

/** A setting of a transform: a property of JSON Schema with its name. */
export type Setting = {
  name: string;
  required?: boolean;
  type?: "number" | "integer" | "boolean" | "array" | "string";
  title?: string;
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  enum?: unknown[];
  items?: { minimum?: number; maximum?: number; type?: string };
};
type Told = Awaited<ReturnType<typeof must<Shape<"TransformForm">>>>;
export type Form = Omit<Told, "settings"> & { settings: Setting[] };
export type Tried = Awaited<ReturnType<typeof must<Shape<"AugmentShape">>>>;
