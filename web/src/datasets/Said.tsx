/** What checks say against an item. */

import { Badge, Group, Progress, Text } from "@mantine/core";
import { asSentence, percent } from "../shared/format";
import type { Suspect } from "./types";
import { spoken } from "./words";

export function Said({ suspects }: { suspects: Suspect[] }) {
  if (!suspects.length) {
    return (
      <Text size="sm" c="dimmed">
        No check says anything against it.
      </Text>
    );
  }
  return (
    <div>
      {suspects.map((one, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a check may say several things
        <div key={place} style={{ marginBottom: 12 }}>
          <Group justify="space-between" wrap="nowrap" gap="xs" mb={2}>
            <Text size="sm" fw={600}>
              {spoken(one.check)}
            </Text>
            <Badge variant="default" size="xs" radius="sm" tt="none" fw={500}>
              {percent(one.score)}
            </Badge>
          </Group>
          <Progress value={100 * one.score} size={3} color="yellow.5" aria-label={`How sure ${spoken(one.check)} is`} />
          <Text size="sm" mt={4} style={{ overflowWrap: "anywhere" }}>
            {asSentence(one.reason)}
          </Text>
        </div>
      ))}
    </div>
  );
}
