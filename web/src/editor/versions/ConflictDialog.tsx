import { Button, Modal, Stack, Text } from "@mantine/core";
import { ago } from "../../shared/format";
import { capital } from "../inspector/forms";
import { laidOut } from "../model/layout";
import { edit, useEditor } from "../state/store";
import { type Conflict, setSaved } from "./saving";

type Props = { conflict: Conflict | null; onClose: () => void; onKeepMine: (base: number) => void };

/** Two people have changed the same pipeline. Nothing is lost whichever is taken. */
export function ConflictDialog({ conflict, onClose, onKeepMine }: Props) {
  if (!conflict) return null;
  const { theirs, author } = conflict;
  const look = () => {
    edit((_, blocks) => laidOut(blocks, theirs.graph));
    setSaved(theirs, useEditor.getState().graph);
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Somebody saved before you">
      <Text size="sm">
        {capital(author)} saved version {theirs.version} {ago(theirs.changed)}. Yours is made from an older one.
        Whatever you choose, both stay in the history.
      </Text>
      <Stack gap="xs" mt="md">
        <Button onClick={() => onKeepMine(theirs.version)}>Save mine as the newest</Button>
        <Button variant="default" onClick={look}>
          Look at theirs (Ctrl+Z brings yours back)
        </Button>
        <Button variant="subtle" color="gray" onClick={onClose}>
          Not now
        </Button>
      </Stack>
    </Modal>
  );
}
