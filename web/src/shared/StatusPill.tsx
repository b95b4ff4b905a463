import { Badge } from "@mantine/core";
import {
  type Icon,
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconClock,
  IconPlayerPlay,
  IconSearch,
  IconUpload,
} from "@tabler/icons-react";

const looks: Record<string, { icon: Icon; colour: string; text: string }> = {
  queued: { icon: IconClock, colour: "gray", text: "Waiting" },
  waiting: { icon: IconClock, colour: "gray", text: "Waiting" },
  running: { icon: IconPlayerPlay, colour: "brand", text: "Running" },
  done: { icon: IconCheck, colour: "green", text: "Done" },
  sent: { icon: IconCheck, colour: "green", text: "Sent" },
  failed: { icon: IconAlertTriangle, colour: "red", text: "Failed" },
  "given up": { icon: IconAlertTriangle, colour: "red", text: "Given up" },
  cancelled: { icon: IconBan, colour: "gray", text: "Cancelled" },
  uploading: { icon: IconUpload, colour: "brand", text: "Uploading" },
  probing: { icon: IconSearch, colour: "brand", text: "Checking" },
  ready: { icon: IconCheck, colour: "green", text: "Ready" },
  unusable: { icon: IconAlertTriangle, colour: "red", text: "Cannot be used" },
};

type Props = {
  /** A state of a run, a video, a preview or a delivery. */
  state: string;
  /** Other words than the usual ones. */
  text?: string;
  size?: "sm" | "md" | "lg";
};

/** A state as icon and word, never by colour alone. */
export function StatusPill({ state, text, size = "md" }: Props) {
  const look = looks[state] ?? { icon: IconClock, colour: "gray", text: state };
  const Picture = look.icon;
  return (
    <Badge
      variant="light"
      color={look.colour}
      size={size}
      radius="sm"
      tt="none"
      fw={550}
      leftSection={<Picture size={13} stroke={2.2} aria-hidden />}
    >
      {text ?? look.text}
    </Badge>
  );
}
