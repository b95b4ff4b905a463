import { Badge } from "@mantine/core";
import {
  type Icon,
  IconAlertTriangle,
  IconBug,
  IconCheck,
  IconEye,
  IconHelpCircle,
  IconInfoCircle,
} from "@tabler/icons-react";
import type { Verdict } from "./types";
import { VERDICTS } from "./words";

const icons: Record<Verdict, Icon> = {
  fail: IconAlertTriangle,
  error: IconBug,
  unknown: IconHelpCircle,
  warn: IconEye,
  note: IconInfoCircle,
  ok: IconCheck,
};

/** A verdict as icon and word, never by colour alone. */
export function VerdictPill({ verdict, size = "md" }: { verdict: Verdict; size?: "sm" | "md" | "lg" }) {
  const Picture = icons[verdict];
  const { text, colour } = VERDICTS[verdict];
  return (
    <Badge
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
