/** What the server tells of live cameras. */

import type { Shape } from "../api/client";

export type Camera = Shape<"CameraShape">;
export type Health = Shape<"LiveHealth">;
export type Stage = Shape<"StageShape">;
export type State = Camera["state"];
export type NewCamera = Shape<"NewCamera">;
