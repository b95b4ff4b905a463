import { Alert, Anchor, Button, Divider, Drawer, Group, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import { IconDownload, IconMovieOff, IconPlayerPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { api, must } from "../api/client";
import { ago, bytes, duration, moment } from "../shared/format";
import { Problems } from "../shared/problems";
import { StatusPill } from "../shared/StatusPill";
import { Thumbnail } from "../shared/Thumbnail";
import { useVideo, type Video } from "./queries";
import { whyNot } from "./VideoCard";
import type { Act } from "./VideosPage";

type Props = { mayChange: boolean; onAct: (act: Act) => void };

/** One video at the side of the page: play it, its facts, the runs over it. Which one stands in the address. */
export function VideoDrawer({ mayChange, onAct }: Props) {
  const [params, setParams] = useSearchParams();
  const id = params.get("video");
  const video = useVideo(id);
  const close = () =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      next.delete("video");
      return next;
    });
  return (
    <Drawer
      opened={!!id}
      onClose={close}
      position="right"
      size="lg"
      title={video.data?.name ?? "Video"}
      styles={{ title: { fontWeight: 600, overflowWrap: "anywhere" } }}
    >
      {video.isPending && id && <Skeleton h={280} />}
      <Problems error={video.error} />
      {video.data && (
        <Stack gap="md">
          <Player key={video.data.id} video={video.data} />
          <Group gap="xs">
            {mayChange && (
              <Button
                leftSection={<IconPlayerPlay size={16} />}
                disabled={video.data.state !== "ready"}
                onClick={() => video.data && onAct({ what: "run", videos: [video.data] })}
              >
                Run a pipeline on it
              </Button>
            )}
            <Button
              variant="default"
              component="a"
              href={`/api/videos/${video.data.id}/file?download=true`}
              leftSection={<IconDownload size={16} />}
            >
              Download
            </Button>
          </Group>
          <Facts video={video.data} />
          <Divider />
          <Runs video={video.data.id} />
        </Stack>
      )}
    </Drawer>
  );
}

function Player({ video }: { video: Video }) {
  const [broken, setBroken] = useState(false);
  if (video.state === "unusable") {
    return <Problems error={new Error(whyNot(video))} title="This cannot be used" />;
  }
  if (broken) {
    return (
      <Stack gap="sm">
        <Thumbnail src={video.thumbnail} seconds={video.seconds} />
        <Alert color="gray" icon={<IconMovieOff aria-hidden />} title="This browser cannot play it">
          Browsers do not know its format ({video.codec || "unknown"}). Pipelines work on it all the same, and the
          annotated video of a run plays here.
        </Alert>
      </Stack>
    );
  }
  if (video.state !== "ready") return <StatusPill state={video.state} />;
  return (
    // biome-ignore lint/a11y/useMediaCaption: users' own footage; there are no captions to show
    <video
      src={`/api/videos/${video.id}/file`}
      poster={video.thumbnail || undefined}
      controls
      onError={() => setBroken(true)}
      preload="metadata"
      aria-label={video.name}
      style={{ width: "100%", maxHeight: "50vh", borderRadius: 8, background: "#0c1216" }}
    />
  );
}

function Facts({ video }: { video: Video }) {
  const rows: [string, string][] = [
    ["Length", duration(video.seconds)],
    ["Resolution", video.width && video.height ? `${video.width} × ${video.height} pixels` : "–"],
    ["Frame rate", video.fps ? `${Number(video.fps.toFixed(2))} frames per second` : "–"],
    ["Format", video.codec || "–"],
    ["Size", bytes(video.bytes)],
    ["Folder", video.folder || "None"],
    ["Uploaded", [moment(video.created), video.owner && `by ${video.owner}`].filter(Boolean).join(" ")],
  ];
  return (
    <Table withRowBorders={false} verticalSpacing={4} horizontalSpacing={0}>
      <Table.Tbody>
        {rows.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th w={130} fw={400} c="dimmed" scope="row">
              {name}
            </Table.Th>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Runs({ video }: { video: string }) {
  const runs = useQuery({
    queryKey: ["runs", { video }],
    queryFn: () => must(api.GET("/api/runs", { params: { query: { video, limit: 20 } } })),
  });
  return (
    <section aria-label="Runs over this video">
      <Title order={3} mb="xs">
        Runs over this video
      </Title>
      <Problems error={runs.error} />
      {runs.isPending && <Skeleton h={60} />}
      {runs.data?.items.length === 0 && (
        <Text size="sm" c="dimmed">
          None yet.
        </Text>
      )}
      <Stack gap={8}>
        {runs.data?.items.map((run) => (
          <Group key={run.id} justify="space-between" wrap="nowrap">
            <Anchor component={Link} to={`/runs/${run.id}`} size="sm" truncate>
              {run.name}
            </Anchor>
            <Group gap="xs" wrap="nowrap">
              <Text size="xs" c="dimmed">
                {ago(run.created)}
              </Text>
              <StatusPill state={run.state} size="sm" />
            </Group>
          </Group>
        ))}
      </Stack>
    </section>
  );
}
