import { Progress as Bar, Group, Text } from "@mantine/core";
import type { OutboxState } from "./outbox";
import { perHour } from "./speed";

type Props = { counts: Record<string, number>; sending: OutboxState; moments: readonly number[]; speed: number | null };

/** How much is done, and how fast it goes. */
export function Progress({ counts, sending, moments, speed }: Props) {
  const now = sending.last?.counts ?? counts;
  const decided = (now.decided ?? 0) + sending.waiting;
  const all = (now.decided ?? 0) + (now.open ?? 0) + (now.skipped ?? 0);
  const fast = perHour(moments) ?? sending.last?.speed ?? speed;
  return (
    <Group gap="sm" wrap="nowrap">
      <Bar value={all ? (100 * decided) / all : 0} size="sm" w={120} aria-label="Decided" visibleFrom="xs" />
      <Text size="sm" style={{ whiteSpace: "nowrap" }} role="status">
        {Math.min(decided, all).toLocaleString("en-GB")} of {all.toLocaleString("en-GB")}
      </Text>
      {fast != null && (
        <Text size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
          {Math.round(fast).toLocaleString("en-GB")} an hour
        </Text>
      )}
    </Group>
  );
}
