import { Autocomplete, Button, Group, Modal } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { counted } from "../shared/format";
import { Problems } from "../shared/problems";
import { useChangeVideos, useFolders, type Video } from "./queries";

type Props = { videos: Video[]; onClose: () => void };

export function MoveDialog({ videos, onClose }: Props) {
  return (
    <Modal opened={videos.length > 0} onClose={onClose} title={`Move ${counted(videos.length, "video")}`}>
      <Form videos={videos} onClose={onClose} />
    </Modal>
  );
}

function Form({ videos, onClose }: Props) {
  const [folder, setFolder] = useState(videos[0]?.folder ?? "");
  const folders = useFolders();
  const change = useChangeVideos();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ ids: videos.map((video) => video.id), body: { folder: folder.trim() } }, { onSuccess: onClose });
  };
  return (
    <form onSubmit={submit}>
      <Autocomplete
        label="Folder"
        description="An existing folder or a new name; empty for none. A slash makes folders in folders."
        data={(folders.data ?? []).map((one) => one.name).filter(Boolean)}
        value={folder}
        onChange={setFolder}
        maxLength={500}
        data-autofocus
      />
      <Problems error={change.error} />
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={change.isPending}>
          Move
        </Button>
      </Group>
    </form>
  );
}
