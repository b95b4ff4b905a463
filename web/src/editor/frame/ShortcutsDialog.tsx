import { Group, Kbd, Modal, Text } from "@mantine/core";
import { SHORTCUTS } from "./shortcuts";

export function ShortcutsDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Shortcuts">
      {SHORTCUTS.map(([keys, what]) => (
        <Group
          key={keys}
          justify="space-between"
          py={5}
          wrap="nowrap"
          style={{ borderBottom: "1px solid var(--app-border)" }}
        >
          <Text size="sm">{what}</Text>
          <Group gap={4} wrap="nowrap">
            {keys.split(", ").map((key) => (
              <Kbd key={key} size="xs">
                {key}
              </Kbd>
            ))}
          </Group>
        </Group>
      ))}
    </Modal>
  );
}
