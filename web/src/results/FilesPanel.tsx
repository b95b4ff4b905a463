/** All files of a result: look at one, download one, or all as a zip. */

import { ActionIcon, Anchor, Button, Group, Stack, Table, Text, Title } from "@mantine/core";
import { IconDownload, IconFileZip } from "@tabler/icons-react";
import { bytes, counted } from "../shared/format";
import { downloadOf, grouped, type ResultFile } from "./files";
import type { Result } from "./queries";

export function FilesPanel({ result }: { result: Result }) {
  const total = result.files.reduce((sum, file) => sum + file.bytes, 0);
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {counted(result.files.length, "file")}, {bytes(total)}
        </Text>
        <Button
          component="a"
          href={`/api/results/${result.run_video_id}/zip`}
          variant="default"
          download
          leftSection={<IconFileZip size={17} aria-hidden />}
        >
          Download all
        </Button>
      </Group>
      {grouped(result.files).map(([title, files]) => (
        <section key={title}>
          <Title order={3} mb={4}>
            {title}
          </Title>
          <Table verticalSpacing={6} aria-label={title}>
            <Table.Tbody>
              {files.map((file) => (
                <FileRow key={file.name} file={file} />
              ))}
            </Table.Tbody>
          </Table>
        </section>
      ))}
    </Stack>
  );
}

// A browser shows these itself; the others it would only download.
const SHOWN = /\.(mp4|html|json|csv|png|jpe?g)$/i;

function FileRow({ file }: { file: ResultFile }) {
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        {SHOWN.test(file.name) ? (
          <Anchor href={file.address} target="_blank" rel="noreferrer" size="sm">
            {file.name}
          </Anchor>
        ) : (
          <Text size="sm">{file.name}</Text>
        )}
      </Table.Td>
      <Table.Td ta="right" c="dimmed" style={{ whiteSpace: "nowrap" }}>
        {bytes(file.bytes)}
      </Table.Td>
      <Table.Td w={44}>
        <ActionIcon
          component="a"
          href={downloadOf(file)}
          download
          variant="subtle"
          color="gray"
          aria-label={`Download ${file.name}`}
        >
          <IconDownload size={17} stroke={1.8} />
        </ActionIcon>
      </Table.Td>
    </Table.Tr>
  );
}
