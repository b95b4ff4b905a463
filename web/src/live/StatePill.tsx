import { Badge } from "@mantine/core";
import {
  type Icon,
  IconAlertTriangle,
  IconHourglass,
  IconPlayerPause,
  IconPlayerStop,
  IconPlugConnected,
  IconRefresh,
  IconVideo,
} from "@tabler/icons-react";
import { stateOf } from "./states";
import type { State } from "./types";

const icons: Record<State, Icon> = {
  live: IconVideo,
  connecting: IconPlugConnected,
  reconnecting: IconRefresh,
  stalled: IconHourglass,
  failed: IconAlertTriangle,
  paused: IconPlayerPause,
  stopped: IconPlayerStop,
};

type Props = { state: State; count?: number; size?: "sm" | "md" | "lg"; solid?: boolean };

/** A camera's state as icon and word, never by colour alone; `solid` can be read upon a picture. */
export function StatePill({ state, count, size = "sm", solid }: Props) {
  const { text, colour } = stateOf(state);
  const Picture = icons[state] ?? IconVideo;
  return (
    <Badge
      component="span"
      variant={solid ? "filled" : "light"}
      color={colour}
      autoContrast
      size={size}
      radius="sm"
      tt="none"
      fw={550}
      leftSection={<Picture size={13} stroke={2.2} aria-hidden />}
    >
      {count !== undefined && `${count.toLocaleString("en-GB")} `}
      {count === undefined ? text : text.toLowerCase()}
    </Badge>
  );
}
