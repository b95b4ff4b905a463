import { Button, Group, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Problems } from "../shared/problems";
import { useChangeVideos, type Video } from "./queries";

type Props = { video: Video | undefined; onClose: () => void };

export function RenameDialog({ video, onClose }: Props) {
  return (
    <Modal opened={!!video} onClose={onClose} title="Rename the video">
      {video && <Form video={video} onClose={onClose} />}
    </Modal>
  );
}

function Form({ video, onClose }: { video: Video; onClose: () => void }) {
  const [name, setName] = useState(video.name);
  const change = useChangeVideos();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ ids: [video.id], body: { name: name.trim() } }, { onSuccess: onClose });
  };
  return (
    <form onSubmit={submit}>
      <TextInput
        label="Name"
        value={name}
        maxLength={255}
        required
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Problems error={change.error} />
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={change.isPending} disabled={!name.trim()}>
          Rename
        </Button>
      </Group>
    </form>
  );
}
