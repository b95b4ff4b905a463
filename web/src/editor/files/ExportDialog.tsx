import { Button, Code, Group, Modal, Skeleton, Text } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy, IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { api, must } from "../../api/client";
import { Problems } from "../../shared/problems";
import { useEditor } from "../state/store";

/** The pipeline as the file that the command line runs. */
export function ExportDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Export as a file" size="lg">
      <Export />
    </Modal>
  );
}

const fileName = (name: string): string =>
  `${
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "") || "pipeline"
  }.yaml`;

export function downloadText(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

function Export() {
  const graph = useEditor((state) => state.graph);
  const written = useQuery({
    queryKey: ["written", graph],
    queryFn: () => must(api.POST("/api/write", { body: graph })),
    gcTime: 0,
    retry: false,
  });
  const clipboard = useClipboard();
  const name = fileName(graph.pipeline);
  const text = written.data?.text ?? "";
  if (written.isPending) return <Skeleton h={200} />;
  return (
    <>
      <Problems error={written.error} title="It cannot be written yet" />
      {text && (
        <>
          <Code block mah="46vh" style={{ overflow: "auto" }} tabIndex={0} role="region" aria-label="The file">
            {text}
          </Code>
          <Text size="sm" mt="sm">
            On the command line: <Code>trackside run {name} video.mp4</Code>
          </Text>
          <Group justify="flex-end" mt="md">
            <Button
              variant="default"
              leftSection={clipboard.copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
              onClick={() => clipboard.copy(text)}
            >
              {clipboard.copied ? "Copied" : "Copy as file text"}
            </Button>
            <Button leftSection={<IconDownload size={16} aria-hidden />} onClick={() => downloadText(text, name)}>
              Download {name}
            </Button>
          </Group>
        </>
      )}
    </>
  );
}
