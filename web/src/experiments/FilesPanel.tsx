/** The files of a run: pictures and videos to look at, the others to download. */

import { ActionIcon, Anchor, Modal, Stack, Table, Text, Title, UnstyledButton } from "@mantine/core";
import { IconDownload, IconFiles } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { downloadOf } from "../results/files";
import { EmptyState } from "../shared/EmptyState";
import { asSentence, bytes, counted } from "../shared/format";
import classes from "./files.module.css";
import type { Run, RunFile } from "./types";

// A browser shows these itself; the others it would only download.
const SHOWN: RunFile["kind"][] = ["page", "text", "facts", "table"];
// More pictures at once are no preview any more.
const FEW = 60;

export function FilesPanel({ run }: { run: Run }) {
  if (!run.files.length) {
    return (
      <EmptyState icon={IconFiles} title="No files">
        {asSentence(run.files_note) || "The training kept none with its run."}
      </EmptyState>
    );
  }
  const total = run.files.reduce((sum, file) => sum + file.bytes, 0);
  const of = (kind: RunFile["kind"]) => run.files.filter((file) => file.kind === kind);
  const others = run.files.filter((file) => file.kind !== "picture" && file.kind !== "video");
  const [pictures, videos] = [of("picture"), of("video")];
  return (
    <Stack gap="lg">
      <Text size="sm" c="dimmed">
        {counted(run.files.length, "file")}, {bytes(total)}. {asSentence(run.files_note)}
      </Text>
      <Pictures files={pictures.slice(0, FEW)} />
      {videos.length > 0 && (
        <Part title="Videos">
          <div className={classes.pictures}>
            {videos.slice(0, FEW).map((file) => (
              <figure key={file.path}>
                {/* biome-ignore lint/a11y/useMediaCaption: what a training draws has no speech */}
                <video src={file.address} controls preload="metadata" aria-label={file.path} />
                <Caption file={file} />
              </figure>
            ))}
          </div>
        </Part>
      )}
      <Rows title={pictures.length || videos.length ? "Others" : "Files"} files={others} />
      <Rows title="More pictures and videos" files={[...pictures.slice(FEW), ...videos.slice(FEW)]} />
    </Stack>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={3} mb={6}>
        {title}
      </Title>
      {children}
    </section>
  );
}

function Pictures({ files }: { files: RunFile[] }) {
  const [large, setLarge] = useState<RunFile | null>(null);
  if (!files.length) return null;
  return (
    <Part title="Pictures">
      <div className={classes.pictures}>
        {files.map((file) => (
          <figure key={file.path}>
            <UnstyledButton w="100%" onClick={() => setLarge(file)} aria-label={`Enlarge ${file.path}`}>
              <img src={file.address} alt="" loading="lazy" />
            </UnstyledButton>
            <Caption file={file} />
          </figure>
        ))}
      </div>
      <Modal opened={large !== null} onClose={() => setLarge(null)} title={large?.path} size="90%">
        {large && <img src={large.address} alt={large.path} className={classes.whole} />}
      </Modal>
    </Part>
  );
}

function Caption({ file }: { file: RunFile }) {
  return (
    <figcaption>
      <span style={{ flex: 1 }}>{file.path}</span>
      <Download file={file} />
    </figcaption>
  );
}

function Download({ file }: { file: RunFile }) {
  return (
    <ActionIcon
      component="a"
      href={downloadOf(file)}
      download
      variant="subtle"
      color="gray"
      aria-label={`Download ${file.path}`}
    >
      <IconDownload size={17} stroke={1.8} />
    </ActionIcon>
  );
}

function Rows({ title, files }: { title: string; files: RunFile[] }) {
  if (!files.length) return null;
  return (
    <Part title={title}>
      <Table verticalSpacing={6} aria-label={title}>
        <Table.Tbody>
          {files.map((file) => (
            <Table.Tr key={file.path}>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                {SHOWN.includes(file.kind) ? (
                  <Anchor href={file.address} target="_blank" rel="noreferrer" size="sm">
                    {file.path}
                  </Anchor>
                ) : (
                  <Text size="sm">{file.path}</Text>
                )}
              </Table.Td>
              <Table.Td ta="right" c="dimmed" style={{ whiteSpace: "nowrap" }}>
                {bytes(file.bytes)}
              </Table.Td>
              <Table.Td w={44}>
                <Download file={file} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Part>
  );
}
