import { Group, Kbd, Modal, Text } from "@mantine/core";

type Props = { opened: boolean; onClose: () => void; keys: [keys: string[], what: string][] };

/** The keys of a page and what they do. */
export function KeysDialog({ opened, onClose, keys }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Shortcuts">
      {keys.map(([names, what]) => (
        <Group
          key={what}
          justify="space-between"
          py={5}
          wrap="nowrap"
          style={{ borderBottom: "1px solid var(--app-border)" }}
        >
          <Text size="sm">{what}</Text>
          <Group gap={4} wrap="nowrap">
            {names.map((name) => (
              <Kbd key={name} size="xs">
                {name}
              </Kbd>
            ))}
          </Group>
        </Group>
      ))}
    </Modal>
  );
}
