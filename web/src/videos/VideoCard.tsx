import { ActionIcon, Card, Checkbox, Menu, Progress, Text, UnstyledButton } from "@mantine/core";
import { IconDots, IconDownload, IconEdit, IconFolderSymlink, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { asSentence, bytes, duration } from "../shared/format";
import { StatusPill } from "../shared/StatusPill";
import { Thumbnail } from "../shared/Thumbnail";
import type { Video } from "./queries";
import classes from "./VideoCard.module.css";
import type { Act } from "./VideosPage";

type Props = {
  video: Video;
  chosen: boolean;
  mayChange: boolean;
  onToggle: (id: string) => void;
  onOpen: (video: Video) => void;
  onAct: (act: Act) => void;
};

/** A video in the grid: its picture opens it, its box chooses it, its menu does the rest. */
export function VideoCard({ video, chosen, mayChange, onToggle, onOpen, onAct }: Props) {
  return (
    <Card component="li" padding={8} className={classes.card} data-chosen={chosen || undefined}>
      {mayChange && (
        <Checkbox
          className={classes.check}
          aria-label={`Choose ${video.name}`}
          checked={chosen}
          onChange={() => onToggle(video.id)}
        />
      )}
      <UnstyledButton className={classes.open} onClick={() => onOpen(video)} aria-label={openLabel(video)}>
        <Thumbnail src={video.thumbnail} seconds={video.seconds} />
      </UnstyledButton>
      <div className={classes.foot}>
        <div className={classes.text}>
          <Text size="sm" fw={550} truncate title={video.name}>
            {video.name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {facts(video)}
          </Text>
        </div>
        <CardMenu video={video} mayChange={mayChange} onOpen={onOpen} onAct={onAct} />
      </div>
      <State video={video} />
    </Card>
  );
}

/** What stands on the picture, the length, is in it too: that is what people who speak to their computer say. */
function openLabel({ name, seconds }: Video): string {
  return seconds == null ? `Open ${name}` : `Open ${name}, ${duration(seconds)}`;
}

/** `1920 × 1080 · 12.5 MB · training/day 1` */
export function facts(video: Video): string {
  const size = video.width && video.height ? `${video.width} × ${video.height}` : "";
  return [size, bytes(video.bytes), video.folder].filter(Boolean).join(" · ");
}

/** Why a video cannot be used, and what to do. */
export function whyNot(video: Video): string {
  return asSentence([video.problem, video.fix].filter(Boolean).join("; "));
}

function State({ video }: { video: Video }) {
  if (video.state === "ready") return null;
  return (
    <div className={classes.state}>
      <StatusPill state={video.state} size="sm" />
      {video.state === "unusable" && (
        <Text size="xs" mt={6}>
          {whyNot(video)}
        </Text>
      )}
      {video.state === "uploading" && (
        <>
          <Progress
            value={(100 * (video.received ?? 0)) / Math.max(1, video.bytes)}
            size="xs"
            my={6}
            aria-label="Received"
          />
          <Text size="xs" c="dimmed">
            {bytes(video.received ?? 0)} of {bytes(video.bytes)}; if it stands still, choose the same file again to go
            on
          </Text>
        </>
      )}
    </div>
  );
}

type MenuProps = Pick<Props, "video" | "mayChange" | "onOpen" | "onAct">;

function CardMenu({ video, mayChange, onOpen, onAct }: MenuProps) {
  const act = (what: Act["what"]) => () => onAct({ what, videos: [video] });
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${video.name}`}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPlayerPlay size={16} />} onClick={() => onOpen(video)}>
          Open
        </Menu.Item>
        <Menu.Item
          leftSection={<IconDownload size={16} />}
          component="a"
          href={`/api/videos/${video.id}/file?download=true`}
          disabled={video.state === "uploading"}
        >
          Download
        </Menu.Item>
        {mayChange && (
          <>
            <Menu.Item leftSection={<IconEdit size={16} />} onClick={act("rename")}>
              Rename
            </Menu.Item>
            <Menu.Item leftSection={<IconFolderSymlink size={16} />} onClick={act("move")}>
              Move to a folder
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item c="var(--mantine-color-error)" leftSection={<IconTrash size={16} />} onClick={act("delete")}>
              Delete
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
