/** Fetch a model: nothing comes before its licence, source and size were shown and accepted. */

import { Alert, Anchor, Button, Checkbox, Group, Modal, Progress, Skeleton, Stack, Table, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { bytes } from "../shared/format";
import { Problems } from "../shared/problems";
import { type ModelFull, modelQuery, type Pull, usePull } from "./queries";
import { sentenceCase, taskTitle } from "./words";

type Props = { name: string; opened: boolean; onClose: () => void };

export function PullDialog({ name, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Get ${name}`}>
      {name && <Offer key={name} name={name} onClose={onClose} />}
    </Modal>
  );
}

function Offer({ name, onClose }: { name: string; onClose: () => void }) {
  const model = useQuery(modelQuery(name));
  const { pull, begin } = usePull(name, true, onClose);
  const [accepted, setAccepted] = useState(false);
  const running = begin.isPending || pull?.state === "running";
  if (model.isError) return <Problems error={model.error} onRetry={() => model.refetch()} />;
  if (!model.data) return <Skeleton h={180} />;
  const { licence } = model.data;
  return (
    <Stack gap="md">
      <Facts model={model.data} />
      {running && <Coming pull={pull} />}
      {pull?.state === "failed" && !running && (
        <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title="It could not be fetched" role="alert">
          {pull.problem}
        </Alert>
      )}
      <Problems error={begin.error} />
      {!running && (
        <Checkbox
          label={`I accept the licence ${licence}`}
          checked={accepted}
          onChange={(event) => setAccepted(event.currentTarget.checked)}
        />
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {running ? "Go on in the background" : "Cancel"}
        </Button>
        {!running && (
          <Button disabled={!accepted} onClick={() => begin.mutate(licence)}>
            Get it ({bytes(model.data.bytes)})
          </Button>
        )}
      </Group>
    </Stack>
  );
}

function Facts({ model }: { model: ModelFull }) {
  const rows: [string, React.ReactNode][] = [
    ["What it does", taskTitle(model.task)],
    ["Licence", model.licence],
    ["Comes from", <Address key="source" text={model.source} />],
    ["Described in", <Address key="reference" text={model.reference} />],
    ["Size", bytes(model.bytes)],
  ];
  return (
    <>
      <Table variant="vertical" layout="fixed" withRowBorders={false} verticalSpacing={5}>
        <Table.Tbody>
          {rows
            .filter(([, value]) => value)
            .map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Th w={120} bg="transparent">
                  {name}
                </Table.Th>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
      {model.note && <Text size="sm">{sentenceCase(model.note)}</Text>}
    </>
  );
}

/** An address as a link, other text as it is. */
export function Address({ text }: { text: string }) {
  if (!/^https?:\/\//.test(text)) return <>{text || "–"}</>;
  return (
    <Anchor href={text} target="_blank" rel="noreferrer" size="sm">
      {text}
    </Anchor>
  );
}

function Coming({ pull }: { pull: Pull | undefined }) {
  const share = pull?.bytes ? Math.min(100, (pull.received / pull.bytes) * 100) : 0;
  return (
    <div>
      <Progress value={share} animated aria-label="Progress of the download" />
      <Text size="sm" c="dimmed" mt={4}>
        {pull?.received ? `${bytes(pull.received)} of ${bytes(pull.bytes)}` : "Asking for it…"}
      </Text>
    </div>
  );
}
