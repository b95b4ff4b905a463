/** Experiment records as the API shows them. */

import type { Shape } from "../api/client";

export type Experiments = Shape<"ExperimentsShape">;
export type Experiment = Shape<"ExperimentShape">;
export type RunsPage = Shape<"ExperimentRunsPage">;
export type RunRow = Shape<"ExperimentRunRow">;
export type Column = Shape<"ExperimentColumn">;
export type MetricValues = Shape<"MetricValues">;
export type Run = Shape<"ExperimentRun">;
export type RunFile = Shape<"RunFile">;
export type RunReport = Shape<"RunReport">;
export type Curve = Shape<"CurveShape">;
export type Compared = Shape<"ComparedRuns">;
/** Which value of a metric counts. */
export type Which = "last" | "best";
