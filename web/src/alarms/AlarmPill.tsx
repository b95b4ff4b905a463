import { Badge } from "@mantine/core";
import { type Icon, IconBellRinging, IconBellZ, IconCheck, IconThumbDown } from "@tabler/icons-react";
import type { AlarmState } from "./types";
import { stateOf } from "./words";

const icons: Record<AlarmState, Icon> = {
  open: IconBellRinging,
  acknowledged: IconCheck,
  snoozed: IconBellZ,
  false: IconThumbDown,
};

/** An alarm's state as icon and word, never by colour alone. */
export function AlarmPill({ state, size = "sm" }: { state: AlarmState; size?: "sm" | "md" | "lg" }) {
  const { text, colour } = stateOf(state);
  const Picture = icons[state] ?? IconBellRinging;
  return (
    <Badge
      component="span"
      variant="light"
      color={colour}
      size={size}
      radius="sm"
      tt="none"
      fw={550}
      leftSection={<Picture size={13} stroke={2.2} aria-hidden />}
    >
      {text}
    </Badge>
  );
}
