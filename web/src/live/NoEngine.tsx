/** What the wall shows while no engine runs: how to start one. */

import { Button, Code, CopyButton, Group, Paper, Text, Title } from "@mantine/core";
import { IconCheck, IconCopy, IconDeviceCctvOff } from "@tabler/icons-react";
import { EmptyState } from "../shared/EmptyState";

const COMMAND = "trackside watch cameras.yaml";
const FILE = `defaults:
  pipeline: guard-an-area
  rate: 5
cameras:
  gate: rtsp://user:password@192.168.1.20/stream1
  yard:
    address: rtsp://user:password@192.168.1.21/stream1
    substream: rtsp://user:password@192.168.1.21/stream2
`;

export function NoEngine() {
  return (
    <>
      <EmptyState icon={IconDeviceCctvOff} title="No camera is watched at the moment">
        Write your cameras into a file and start the engine; this page shows them as soon as it runs.
      </EmptyState>
      <Paper withBorder p="lg" maw={640} mx="auto">
        <Step number={1} text="Save this as cameras.yaml, with the addresses of your cameras" copied={FILE} />
        <Step number={2} text="Start the engine in the same folder" copied={COMMAND} />
      </Paper>
    </>
  );
}

function Step({ number, text, copied }: { number: number; text: string; copied: string }) {
  return (
    <section aria-label={text}>
      <Group justify="space-between" wrap="nowrap" mt={number > 1 ? "lg" : 0} mb="xs">
        <Title order={2} fz="sm">
          <Text span c="dimmed" inherit>
            {number}.
          </Text>{" "}
          {text}
        </Title>
        <CopyButton value={copied}>
          {({ copied: done, copy }) => (
            <Button
              size="xs"
              variant="default"
              onClick={copy}
              leftSection={done ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
            >
              {done ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Code block tabIndex={0}>
        {copied}
      </Code>
    </section>
  );
}
