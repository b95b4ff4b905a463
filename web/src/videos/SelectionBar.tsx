import { Button, CloseButton, Group, Paper, Text, Transition } from "@mantine/core";
import { IconFolderSymlink, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { counted } from "../shared/format";
import type { Video } from "./queries";
import classes from "./SelectionBar.module.css";
import type { Act } from "./VideosPage";

type Props = { videos: Video[]; onClear: () => void; onAct: (act: Act) => void };

/** What can be done with the chosen videos; it lies at the bottom while some are chosen. */
export function SelectionBar({ videos, onClear, onAct }: Props) {
  const ready = videos.filter((video) => video.state === "ready");
  const act = (what: Act["what"], of: Video[]) => () => onAct({ what, videos: of });
  return (
    <Transition mounted={videos.length > 0} transition="slide-up" duration={150}>
      {(style) => (
        <Paper component="section" aria-label="Chosen videos" withBorder className={classes.bar} style={style}>
          <Group gap="xs" wrap="nowrap">
            <CloseButton aria-label="Choose none" onClick={onClear} />
            <Text size="sm" fw={550} role="status" style={{ whiteSpace: "nowrap" }}>
              {counted(videos.length, "video")}
            </Text>
          </Group>
          <Group gap="xs">
            <Button
              leftSection={<IconPlayerPlay size={16} />}
              disabled={!ready.length}
              onClick={act("run", ready)}
              size="xs"
            >
              Run a pipeline on these
            </Button>
            <Button
              variant="default"
              leftSection={<IconFolderSymlink size={16} />}
              onClick={act("move", videos)}
              size="xs"
            >
              Move
            </Button>
            <Button
              variant="light"
              color="red"
              leftSection={<IconTrash size={16} />}
              onClick={act("delete", videos)}
              size="xs"
            >
              Delete
            </Button>
          </Group>
        </Paper>
      )}
    </Transition>
  );
}
