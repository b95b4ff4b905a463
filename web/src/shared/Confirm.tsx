import { Button, Group, Modal, Text } from "@mantine/core";
import type { ReactNode } from "react";

type Props = {
  opened: boolean;
  title: string;
  /** One or two sentences: what happens, and whether it can be undone. */
  children: ReactNode;
  /** The words on the button that does it. */
  action: string;
  /** Red: something is lost. */
  danger?: boolean;
  loading?: boolean;
  onClose: () => void;
  onConfirm: () => void;
};

/** Asks before something that cannot be undone. */
export function Confirm({ opened, title, children, action, danger, loading, onClose, onConfirm }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      <Text size="sm">{children}</Text>
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button color={danger ? "red" : undefined} loading={loading} onClick={onConfirm}>
          {action}
        </Button>
      </Group>
    </Modal>
  );
}
