import { Alert, Button, Group, Text, VisuallyHidden } from "@mantine/core";
import { ago } from "../../shared/format";
import { useEditor } from "../state/store";
import classes from "./Frame.module.css";
import type { Restored } from "./opening";

export function DraftNote({ note, onDiscard, onKeep }: { note: Restored; onDiscard: () => void; onKeep: () => void }) {
  return (
    <Alert
      className={classes.note}
      withCloseButton
      onClose={onKeep}
      closeButtonLabel="Close"
      title="Your draft is back"
    >
      <Text size="sm">
        These changes were made {ago(note.at)} and not saved.
        {note.outdated && " Somebody has saved a newer version since."}
      </Text>
      <Group gap="xs" mt="xs">
        <Button size="xs" onClick={onKeep}>
          Go on with it
        </Button>
        <Button size="xs" variant="default" onClick={onDiscard}>
          Discard it
        </Button>
      </Group>
    </Alert>
  );
}

/** Tells a screen reader what has just happened. */
export function Live() {
  const spoken = useEditor((state) => state.spoken);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {spoken}
    </VisuallyHidden>
  );
}
