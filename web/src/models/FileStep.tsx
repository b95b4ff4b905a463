/** Step 1: the file. */

import { Button, Code, FileButton, Group, Progress, Stack, Table, Text, Title } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { bytes } from "../shared/format";
import { Problems } from "../shared/problems";
import { DropFile } from "./DropFile";
import { refused, sendNetwork } from "./upload";
import type { Wizard } from "./useWizard";
import type { Draft } from "./wizard";
import { runtimeTitle } from "./words";

type Props = { wizard: Wizard; onNext: () => void };

export function FileStep({ wizard, onNext }: Props) {
  const [sent, setSent] = useState<{ name: string; fraction: number } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const stop = useRef<() => void>(undefined);
  useEffect(() => () => stop.current?.(), []);
  const take = (file: File | null) => {
    if (!file) return;
    const why = refused(file);
    setError(why ? new Error(why) : null);
    if (why) return;
    setSent({ name: file.name, fraction: 0 });
    const sending = sendNetwork(file, (fraction) => setSent({ name: file.name, fraction }));
    stop.current = sending.stop;
    sending.promise
      .then(wizard.take, (problem: unknown) => {
        if (!(problem instanceof DOMException)) setError(problem);
      })
      .finally(() => setSent(null));
  };
  return (
    <Stack>
      <DropFile onFile={take} disabled={sent !== null}>
        <Text fw={550}>Drop a network here</Text>
        <Text size="sm" c="dimmed" mb="sm">
          .onnx or .tflite, in one file with its weights
        </Text>
        <FileButton onChange={take} accept=".onnx,.tflite" disabled={sent !== null}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconUpload size={16} aria-hidden />}>
              Choose a file
            </Button>
          )}
        </FileButton>
      </DropFile>
      {sent && <Sending sent={sent} onStop={() => stop.current?.()} />}
      <Problems error={error} />
      {wizard.draft && !sent && <Read draft={wizard.draft} />}
      <Group justify="flex-end">
        <Button onClick={onNext} disabled={!wizard.draft || sent !== null}>
          Next
        </Button>
      </Group>
    </Stack>
  );
}

function Sending({ sent, onStop }: { sent: { name: string; fraction: number }; onStop: () => void }) {
  const whole = sent.fraction >= 1;
  return (
    <Group wrap="nowrap">
      <div style={{ flex: 1 }}>
        <Progress value={sent.fraction * 100} animated={whole} aria-label={`Upload of ${sent.name}`} />
        <Text size="sm" c="dimmed" mt={4}>
          {whole ? `${sent.name} is here; its inputs and outputs are read…` : `Sending ${sent.name}`}
        </Text>
      </div>
      <Button variant="default" size="xs" onClick={onStop}>
        Stop
      </Button>
    </Group>
  );
}

function Read({ draft }: { draft: Draft }) {
  return (
    <section aria-label="What was read from the file">
      <Title order={3} mb={4}>
        {draft.file}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {runtimeTitle(draft.runtime)}, {bytes(draft.bytes)}
      </Text>
      <Table verticalSpacing={4} aria-label="Inputs and outputs">
        <Table.Tbody>
          {draft.inputs.map((spec) => (
            <Spec key={`in ${String(spec.name)}`} side="Input" spec={spec} />
          ))}
          {draft.outputs.map((spec) => (
            <Spec key={`out ${String(spec.name)}`} side="Output" spec={spec} />
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function Spec({ side, spec }: { side: string; spec: Record<string, unknown> }) {
  const shape = Array.isArray(spec.shape) ? spec.shape.map((length) => length ?? "any").join(" × ") : "";
  return (
    <Table.Tr>
      <Table.Td c="dimmed">{side}</Table.Td>
      <Table.Td>
        <Code>{String(spec.name)}</Code>
      </Table.Td>
      <Table.Td>{shape}</Table.Td>
      <Table.Td c="dimmed">{String(spec.dtype ?? "")}</Table.Td>
    </Table.Tr>
  );
}
