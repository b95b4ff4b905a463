import type { must, Shape } from "../api/client";
import type { components, paths } from "../api/schema";

/** A shape as answers give it. */
type Told<Name extends keyof components["schemas"]> = Awaited<ReturnType<typeof must<Shape<Name>>>>;

type QueueAnswer = paths["/api/datasets/{dataset_id}/queue"]["get"]["responses"][200]["content"]["application/json"];

export type Dataset = Told<"DatasetShape">;
export type Place = Told<"PlaceShape">;
export type Facets = Told<"Facets">;
export type Items = Told<"ItemsShape">;
export type Item = Told<"ItemShape">;
export type Outline = Told<"BoxShape">;
export type Suspect = Told<"SuspectShape">;
export type Verdict = NonNullable<Dataset["verdict"]>;
export type Health = Told<"HealthShape">;
export type Finding = Told<"FindingShape">;
export type CheckInfo = Told<"CheckShape">;
export type Entry = Told<"EntryShape">;
export type QueuePart = Awaited<ReturnType<typeof must<QueueAnswer>>>;
export type Decided = Told<"DecidedShape">;
/** Its key is the outbox's affair. */
export type DecisionBody = Omit<Shape<"DecisionBody">, "key">;
export type EditedBox = Shape<"EditedBox">;
export type MapPoints = Told<"MapShape">;
