/** What people said of an alarm and did with it, and the field to say more. */

import { Button, Group, Text, Textarea, Title } from "@mantine/core";
import { useState } from "react";
import { ago, moment } from "../shared/format";
import { useMay } from "../shared/session";
import classes from "./detail.module.css";
import type { AlarmActs } from "./queries";
import type { AlarmFull } from "./types";
import { noteText } from "./words";

type Props = { alarm: AlarmFull; acts: AlarmActs };

export function Notes({ alarm: { id, notes }, acts }: Props) {
  const may = useMay("analyst");
  const [text, setText] = useState("");
  const send = () => acts.comment.mutate({ id, text: text.trim() }, { onSuccess: () => setText("") });
  return (
    <section aria-labelledby="notes">
      <Title order={3} id="notes" mb={6}>
        Notes
      </Title>
      {notes.length === 0 && (
        <Text size="sm" c="dimmed">
          Nobody has written anything yet.
        </Text>
      )}
      <ol className={classes.notes}>
        {notes.map((note) => (
          <li key={`${note.at} ${note.kind} ${note.text}`}>
            <Text size="xs" c="dimmed" title={moment(note.at)}>
              <strong>{noteText(note)}</strong> {ago(note.at)}
            </Text>
            {note.text && <p className={classes.said}>{note.text}</p>}
          </li>
        ))}
      </ol>
      {may && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim()) send();
          }}
        >
          <Textarea
            aria-label="Write a note"
            placeholder="Write a note for those who look next"
            rows={3}
            resize="vertical"
            maxLength={2000}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Group justify="flex-end" mt="xs">
            <Button type="submit" size="xs" variant="default" loading={acts.comment.isPending} disabled={!text.trim()}>
              Add the note
            </Button>
          </Group>
        </form>
      )}
    </section>
  );
}
