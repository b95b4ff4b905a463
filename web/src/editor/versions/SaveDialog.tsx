import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import { edit, useEditor } from "../state/store";

type Props = { opened: boolean; onClose: () => void; onSave: (note: string) => void };

/** Saves with a name and a note for the history. */
export function SaveDialog({ opened, onClose, onSave }: Props) {
  const name = useEditor((state) => state.graph.pipeline);
  const [note, setNote] = useState("");
  return (
    <Modal opened={opened} onClose={onClose} title="Save a version">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSave(note);
          setNote("");
          onClose();
        }}
      >
        <TextInput
          label="Name"
          required
          maxLength={100}
          value={name}
          onChange={(event) => {
            const pipeline = event.currentTarget.value;
            edit((graph) => ({ ...graph, pipeline }), "name");
          }}
        />
        <TextInput
          mt="sm"
          label="What has changed"
          description="For the history; may stay empty."
          maxLength={300}
          value={note}
          data-autofocus
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!name.trim()}>
            Save
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
