import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useState } from "react";

type Props = {
  opened: boolean;
  name: string;
  loading: boolean;
  onClose: () => void;
  onRename: (name: string) => void;
};

/** A new name for a run. */
export function RenameDialog({ opened, name, loading, onClose, onRename }: Props) {
  const [text, setText] = useState(name);
  return (
    <Modal opened={opened} onClose={onClose} title="Rename the run">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim()) onRename(text.trim());
        }}
      >
        <TextInput
          label="Name"
          value={text}
          maxLength={150}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
        />
        <Group justify="flex-end" gap="xs" mt="lg">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={loading} disabled={!text.trim()}>
            Rename
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
