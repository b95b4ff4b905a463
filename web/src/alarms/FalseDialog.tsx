/** Calls an alarm false, with the reason if one is known. */

import { Button, Chip, Group, Modal, Text, Textarea } from "@mantine/core";
import { useState } from "react";

const REASONS = ["Shadow or reflection", "Animal", "Plant or weather", "Wrong place", "Told twice", "Permitted"];

type Props = { opened: boolean; onClose: () => void; onSend: (why: string) => void; loading: boolean };

export function FalseDialog(props: Props) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Call it a false alarm">
      <Form {...props} />
    </Modal>
  );
}

function Form({ onClose, onSend, loading }: Props) {
  const [reason, setReason] = useState("");
  const [text, setText] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSend([reason, text.trim()].filter(Boolean).join(": "));
      }}
    >
      <Text size="sm" c="dimmed" mb="sm">
        Its picture goes to those who label, so that the model learns from it. Saying why is optional.
      </Text>
      <Chip.Group value={reason} onChange={(value) => setReason(String(value ?? ""))}>
        <Group gap={6} role="group" aria-label="Why">
          {REASONS.map((one) => (
            <Chip
              key={one}
              value={one}
              size="xs"
              radius="sm"
              // What is chosen already is let go by another click.
              onClick={() => reason === one && setReason("")}
            >
              {one}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <Textarea
        label="In your own words"
        mt="md"
        rows={3}
        resize="vertical"
        maxLength={1900}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={loading} data-autofocus>
          False alarm
        </Button>
      </Group>
    </form>
  );
}
