import {
  Button,
  Checkbox,
  Group,
  Modal,
  ScrollArea,
  Select,
  SimpleGrid,
  Skeleton,
  Text,
  TextInput,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconMovie, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import type { Shape } from "../api/client";
import { useFolders, useVideos } from "../videos/queries";
import { EmptyState } from "./EmptyState";
import { counted } from "./format";
import { Problems } from "./problems";
import { Thumbnail } from "./Thumbnail";
import classes from "./VideoPicker.module.css";

type Video = Shape<"VideoShape">;
type Props = {
  opened: boolean;
  onClose: () => void;
  /** Called with what was chosen; the picker asks to be closed as well. */
  onChoose: (videos: Video[]) => void;
  /** Several may be chosen; otherwise one click chooses. */
  multiple?: boolean;
};

/** A dialog to choose ready videos. */
export function VideoPicker({ opened, onClose, onChoose, multiple = false }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={multiple ? "Choose videos" : "Choose a video"} size="xl">
      <Choice multiple={multiple} onClose={onClose} onChoose={onChoose} />
    </Modal>
  );
}

function Choice({ multiple, onClose, onChoose }: Required<Omit<Props, "opened">>) {
  const [text, setText] = useState("");
  const [folder, setFolder] = useState<string | null>(null);
  const [chosen, setChosen] = useState<Map<string, Video>>(new Map());
  const [q] = useDebouncedValue(text, 200);
  const videos = useVideos({ q, folder: folder ?? undefined, state: "ready" });
  const folders = useFolders();
  const rows = videos.data?.pages.flatMap((page) => page.items) ?? [];

  const finish = (all: Video[]) => {
    onChoose(all);
    onClose();
  };
  const toggle = (video: Video) => {
    if (!multiple) return finish([video]);
    const next = new Map(chosen);
    if (!next.delete(video.id)) next.set(video.id, video);
    setChosen(next);
  };
  return (
    <>
      <Group gap="xs" mb="md" wrap="nowrap">
        <TextInput
          aria-label="Search videos by name"
          placeholder="Search by name"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          style={{ flex: 1 }}
          data-autofocus
        />
        <Select
          aria-label="Folder"
          placeholder="All folders"
          clearable
          data={(folders.data ?? []).map((f) => f.name).filter(Boolean)}
          value={folder}
          onChange={setFolder}
          w={180}
        />
      </Group>
      <Problems error={videos.error} onRetry={() => videos.refetch()} />
      <ScrollArea.Autosize mah="52vh" type="auto">
        {videos.isPending && <Waiting />}
        {videos.isSuccess && rows.length === 0 && <Nothing searching={!!q || !!folder} />}
        <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="sm" p={3}>
          {rows.map((video) => (
            <Tile key={video.id} video={video} multiple={multiple} chosen={chosen.has(video.id)} onToggle={toggle} />
          ))}
        </SimpleGrid>
        {videos.hasNextPage && (
          <Group justify="center" mt="sm">
            <Button
              variant="default"
              size="xs"
              loading={videos.isFetchingNextPage}
              onClick={() => videos.fetchNextPage()}
            >
              Show more
            </Button>
          </Group>
        )}
      </ScrollArea.Autosize>
      {multiple && (
        <Group justify="space-between" mt="md">
          <Text size="sm" c="dimmed" role="status">
            {counted(chosen.size, "video")} chosen
          </Text>
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button disabled={chosen.size === 0} onClick={() => finish([...chosen.values()])}>
              Use {chosen.size ? counted(chosen.size, "video") : "them"}
            </Button>
          </Group>
        </Group>
      )}
    </>
  );
}

type TileProps = { video: Video; multiple: boolean; chosen: boolean; onToggle: (video: Video) => void };

function Tile({ video, multiple, chosen, onToggle }: TileProps) {
  return (
    <button
      type="button"
      className={classes.tile}
      aria-pressed={multiple ? chosen : undefined}
      data-chosen={chosen || undefined}
      onClick={() => onToggle(video)}
    >
      <Thumbnail src={video.thumbnail} seconds={video.seconds} />
      {multiple && (
        <span className={classes.check} aria-hidden>
          <Checkbox.Indicator checked={chosen} />
        </span>
      )}
      <Text size="sm" fw={500} truncate mt={6}>
        {video.name}
      </Text>
      <Text size="xs" c="dimmed" truncate>
        {video.folder || "No folder"}
      </Text>
    </button>
  );
}

function Nothing({ searching }: { searching: boolean }) {
  if (searching) {
    return (
      <EmptyState icon={IconSearch} title="No ready video fits">
        Try another name or folder.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={IconMovie}
      title="There is no ready video yet"
      action={
        <Button component={Link} to="/videos">
          Upload videos
        </Button>
      }
    >
      Upload one first; it can be used a moment later.
    </EmptyState>
  );
}

function Waiting() {
  return (
    <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="sm" aria-busy="true">
      {["a", "b", "c", "d", "e", "f"].map((key) => (
        <Skeleton key={key} h={140} />
      ))}
    </SimpleGrid>
  );
}
