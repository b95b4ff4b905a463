import { Group, Progress, Text } from "@mantine/core";
import { asSentence, percent } from "../shared/format";
import { StatusPill } from "../shared/StatusPill";
import type { Dataset } from "./types";
import { isWorking } from "./words";

const STAGES: Record<Dataset["state"], string> = {
  waiting: "Waits for its turn",
  reading: "Reading",
  checking: "Checking",
  ready: "Ready",
  failed: "Failed",
};

/** What goes on with a data set, or why nothing does; empty when all is done. */
export function Standing({ dataset }: { dataset: Dataset }) {
  if (dataset.state === "failed") {
    return (
      <div>
        <StatusPill state="failed" size="sm" />
        <Text size="sm" mt={6}>
          {asSentence([dataset.problem, dataset.fix].filter(Boolean).join("; "))}
        </Text>
      </div>
    );
  }
  if (!isWorking(dataset)) return null;
  const stage = dataset.stage || STAGES[dataset.state];
  return (
    <div>
      <Group justify="space-between" gap="xs" wrap="nowrap" mb={4}>
        <Text size="sm" truncate>
          {stage}
        </Text>
        <Text size="sm" c="dimmed">
          {percent(dataset.fraction)}
        </Text>
      </Group>
      <Progress value={100 * dataset.fraction} size="sm" aria-label={`${stage} of ${dataset.name}`} />
    </div>
  );
}
