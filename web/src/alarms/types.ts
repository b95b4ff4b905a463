/** What the server tells of alarms. */

import type { Shape } from "../api/client";

export type Alarm = Shape<"AlarmShape">;
export type AlarmFull = Shape<"AlarmFull">;
export type AlarmState = Alarm["state"];
export type Reason = Shape<"ReasonShape">;
export type Look = Shape<"LookShape">;
export type Note = Shape<"NoteShape">;
export type Delivery = Shape<"AlarmDeliveryShape">;
export type Snooze = Shape<"Snooze">;
