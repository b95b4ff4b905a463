import { Button, FileButton, Group, Modal, Text, Textarea } from "@mantine/core";
import { IconFileUpload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, must } from "../../api/client";
import { Problems } from "../../shared/problems";
import type { Graph } from "../model/graph";

type Props = { opened: boolean; onClose: () => void; onGraph: (graph: Graph) => void };

/** A pipeline from a file, or from text that was copied somewhere. */
export function ImportDialog({ opened, onClose, onGraph }: Props) {
  const [text, setText] = useState("");
  const read = useMutation({
    mutationFn: (file: string) => must(api.POST("/api/read", { body: { text: file } })),
    onSuccess: (graph) => {
      setText("");
      onClose();
      onGraph(graph);
    },
  });
  const take = async (file: File | null) => {
    if (!file) return;
    const words = await file.text();
    setText(words);
    read.mutate(words);
  };
  return (
    <Modal opened={opened} onClose={onClose} title="Import a pipeline" size="lg">
      <Text size="sm" c="dimmed">
        The same file that the command line runs, YAML or JSON.
      </Text>
      <Textarea
        mt="sm"
        aria-label="Text of the pipeline file"
        placeholder={"pipeline: my-pipeline\nblocks:\n  …"}
        autosize
        minRows={8}
        maxRows={18}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.8125rem" } }}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Problems error={read.error} title="This is no pipeline yet" />
      <Group justify="space-between" mt="md">
        <FileButton onChange={take} accept=".yaml,.yml,.json,application/json,text/yaml">
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconFileUpload size={16} aria-hidden />}>
              Choose a file
            </Button>
          )}
        </FileButton>
        <Button disabled={!text.trim()} loading={read.isPending} onClick={() => read.mutate(text)}>
          Import
        </Button>
      </Group>
    </Modal>
  );
}
