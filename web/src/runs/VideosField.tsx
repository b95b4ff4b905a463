/** The videos of a new run. */

import { Button, Group, Input, Pill, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMovie } from "@tabler/icons-react";
import { useQueries } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { counted } from "../shared/format";
import { VideoPicker } from "../shared/VideoPicker";

export type Chosen = { id: string; name?: string };

// More names than these tell nobody anything.
const NAMED = 8;

type Props = { videos: Chosen[]; onChange: (videos: Chosen[]) => void };

export function VideosField({ videos, onChange }: Props) {
  const [picking, { open, close }] = useDisclosure();
  const named = useNames(videos.slice(0, NAMED));
  const add = (more: Chosen[]) => {
    const there = new Set(videos.map((video) => video.id));
    onChange([...videos, ...more.filter((video) => !there.has(video.id)).map(({ id, name }) => ({ id, name }))]);
  };
  return (
    <Input.Wrapper label="Videos" required labelElement="div">
      <Group gap={6} mt={4}>
        {named.map((video) => (
          <Pill
            key={video.id}
            size="md"
            withRemoveButton
            removeButtonProps={{ "aria-label": `Leave out ${video.name}`, tabIndex: 0 }}
            onRemove={() => onChange(videos.filter((other) => other.id !== video.id))}
          >
            {video.name}
          </Pill>
        ))}
        {videos.length > NAMED && <Text size="sm">and {counted(videos.length - NAMED, "other video")}</Text>}
        <Button variant="default" size="xs" leftSection={<IconMovie size={16} aria-hidden />} onClick={open}>
          {videos.length ? "Add videos" : "Choose videos"}
        </Button>
      </Group>
      <VideoPicker opened={picking} onClose={close} onChoose={add} multiple />
    </Input.Wrapper>
  );
}

/** The names of videos of which only the id is known. */
function useNames(videos: Chosen[]): Required<Chosen>[] {
  const answers = useQueries({
    queries: videos.map(({ id, name }) => ({
      queryKey: ["video", id],
      queryFn: () => must(api.GET("/api/videos/{video_id}", { params: { path: { video_id: id } } })),
      enabled: name === undefined,
    })),
  });
  return videos.map(({ id, name }, at) => ({ id, name: name ?? answers[at]?.data?.name ?? "…" }));
}
