import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";

/** Something that the server did not take; it stays until the person has seen it, so that nothing is lost without a word. */
export function NotTaken({ words, onSeen }: { words: string; onSeen: () => void }) {
  return (
    <Alert
      color="yellow"
      icon={<IconAlertTriangle aria-hidden />}
      withCloseButton
      closeButtonLabel="I have seen it"
      onClose={onSeen}
      role="alert"
      py={8}
    >
      {words}
    </Alert>
  );
}
