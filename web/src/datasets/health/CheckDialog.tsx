import { Button, Checkbox, Group, Modal, ScrollArea, Skeleton, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Problems } from "../../shared/problems";
import { useCheckDataset, useChecks } from "../queries";
import type { Dataset } from "../types";
import { spoken } from "../words";

type Props = { dataset: Dataset; opened: boolean; onClose: () => void };

/** Which questions are asked again. */
export function CheckDialog({ dataset, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Check again" size="lg">
      {opened && <Choice dataset={dataset} onClose={onClose} />}
    </Modal>
  );
}

function Choice({ dataset, onClose }: Omit<Props, "opened">) {
  const checks = useChecks();
  const ask = useCheckDataset();
  const [only, setOnly] = useState<string[]>([]);
  const all = checks.data ?? [];
  return (
    <Stack gap="sm">
      <Text size="sm">
        The folder is read again, and pictures that are new or changed are looked at. What you decided stays, unless its
        picture or label has changed.
      </Text>
      <Problems error={checks.error} onRetry={() => checks.refetch()} />
      {checks.isPending && <Skeleton h={200} />}
      <ScrollArea.Autosize mah="44vh" type="auto">
        <Checkbox.Group value={only} onChange={setOnly} label="Ask only" description="Nothing chosen asks everything.">
          <Stack gap={8} mt="xs">
            {all.map((one) => (
              <Checkbox
                key={one.name}
                value={one.name}
                label={one.asks}
                description={[spoken(one.name), one.costs].filter(Boolean).join(" · ")}
              />
            ))}
          </Stack>
        </Checkbox.Group>
      </ScrollArea.Autosize>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button loading={ask.isPending} onClick={() => ask.mutate({ id: dataset.id, only }, { onSuccess: onClose })}>
          {only.length ? `Ask ${only.length}` : "Check everything"}
        </Button>
      </Group>
    </Stack>
  );
}
