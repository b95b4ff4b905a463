import { ActionIcon, Button, Group, Modal, SegmentedControl, Slider, Text, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowBackUp, IconArrowForwardUp, IconMovie } from "@tabler/icons-react";
import { type KeyboardEvent, type ReactNode, useState } from "react";
import { duration } from "../../shared/format";
import { VideoPicker } from "../../shared/VideoPicker";
import type { Setting } from "../model/palette";
import { useChosenVideo, type Video } from "../trial/chosenVideo";
import classes from "./Drawing.module.css";
import type { Size } from "./geometry";
import { ShapeList } from "./ShapeList";
import { Stage } from "./Stage";
import { type Coordinates, type Drawn, readShapes, rulesOf, shapeProblems, writeShapes } from "./shapes";
import { useDrawing } from "./useDrawing";

export interface Drawing {
  value: unknown;
  coordinates: Coordinates;
}

type Props = {
  setting: Setting;
  /** What is drawn now. */
  start: Drawing;
  /** Whether the block lets one choose between fractions and pixels. */
  canChoose: boolean;
  onClose: () => void;
  onDone: (drawing: Drawing) => void;
};

const NO_VIDEO: Size = { width: 1920, height: 1080 };
const PICTURE_WIDTH = 1600;

const sizeOf = (video: Video | null): Size =>
  video?.width && video.height ? { width: video.width, height: video.height } : NO_VIDEO;

/** A large dialog to draw on a frame of one's own video. */
export default function DrawingDialog({ setting, start, canChoose, onClose, onDone }: Props) {
  const [video, choose] = useChosenVideo();
  const [now, setNow] = useState(start);
  const [picking, setPicking] = useState(false);
  return (
    <Modal
      opened
      fullScreen
      onClose={onClose}
      title={`Draw: ${setting.title || setting.name}`}
      closeButtonProps={{ "aria-label": "Close without keeping" }}
      // Esc would lose what was drawn, and means something to the fields inside.
      closeOnEscape={false}
    >
      <Board
        // Another video has another size: what was drawn is read anew for it.
        key={video?.id ?? "none"}
        setting={setting}
        now={now}
        video={video}
        canChoose={canChoose}
        onChange={setNow}
        onPick={() => setPicking(true)}
        onDone={() => onDone(now)}
      />
      <VideoPicker
        opened={picking}
        onClose={() => setPicking(false)}
        onChoose={([chosen]) => chosen && choose(chosen)}
      />
    </Modal>
  );
}

type BoardProps = {
  setting: Setting;
  now: Drawing;
  video: Video | null;
  canChoose: boolean;
  onChange: (drawing: Drawing) => void;
  onPick: () => void;
  onDone: () => void;
};

function Board({ setting, now, video, canChoose, onChange, onPick, onDone }: BoardProps) {
  const rules = rulesOf(setting);
  const frame = sizeOf(video);
  const [first] = useState<Drawn[]>(() => readShapes(setting, now.value, now.coordinates, frame));
  const write = (shapes: Drawn[], coordinates: Coordinates) =>
    onChange({ value: writeShapes(setting, shapes, coordinates, frame), coordinates });
  const drawing = useDrawing(first, rules, frame, (shapes) => write(shapes, now.coordinates));
  const problems = shapeProblems(drawing.shapes, rules);
  const keys = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    event.shiftKey ? drawing.redo() : drawing.undo();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hears the shortcuts of everything inside
    <div className={classes.body} onKeyDown={keys}>
      <div className={classes.left}>
        <Moment video={video} onPick={onPick}>
          {(picture) => <Stage drawing={drawing} rules={rules} frame={frame} picture={picture} />}
        </Moment>
        <Text size="sm" c="dimmed" role="status">
          {drawing.growing
            ? rules.closed
              ? "Click the corners one after the other; click the first one again, or press Enter, to close it."
              : `Click the ${rules.arrow || rules.several ? "two ends" : "points"} on the picture, one after the other.`
            : "Drag corners or the whole shape. The small dots on edges become corners. Tab and the arrow keys work too."}
        </Text>
      </div>
      <div className={classes.side}>
        <Group justify="space-between" mb="xs">
          <Group gap={2}>
            <Tooltip label="Undo (Ctrl+Z)">
              <ActionIcon
                variant="subtle"
                color="gray"
                className={classes.tool}
                aria-label="Undo"
                disabled={!drawing.canUndo}
                onClick={drawing.undo}
              >
                <IconArrowBackUp size={18} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label="Redo (Shift+Ctrl+Z)">
              <ActionIcon
                variant="subtle"
                color="gray"
                className={classes.tool}
                aria-label="Redo"
                disabled={!drawing.canRedo}
                onClick={drawing.redo}
              >
                <IconArrowForwardUp size={18} />
              </ActionIcon>
            </Tooltip>
          </Group>
          <Button disabled={problems.length > 0} onClick={onDone}>
            Keep this
          </Button>
        </Group>
        {canChoose && (
          <SegmentedControl
            fullWidth
            size="xs"
            mb="xs"
            aria-label="How places are kept"
            data={[
              { value: "fraction", label: "Fits any video" },
              { value: "pixels", label: "Pixels of this video" },
            ]}
            value={now.coordinates}
            onChange={(value) => write(drawing.shapes, value as Coordinates)}
          />
        )}
        <ShapeList drawing={drawing} rules={rules} frame={frame} coordinates={now.coordinates} />
        {problems.map((problem) => (
          <Text key={problem} size="sm" c="var(--mantine-color-error)" mt="xs">
            {problem}
          </Text>
        ))}
      </div>
    </div>
  );
}

type MomentProps = { video: Video | null; onPick: () => void; children: (picture: string) => ReactNode };

/** Which frame of which video is drawn on. */
function Moment({ video, onPick, children }: MomentProps) {
  const [time, setTime] = useState(0);
  const [asked] = useDebouncedValue(time, 150);
  const seconds = video?.seconds ?? 0;
  const query = `time=${asked.toFixed(2)}&width=${Math.min(PICTURE_WIDTH, video?.width ?? PICTURE_WIDTH)}`;
  return (
    <>
      {children(video ? `/api/videos/${video.id}/frame?${query}` : "")}
      <Group gap="md" wrap="nowrap">
        <Button
          variant="default"
          size="xs"
          leftSection={<IconMovie size={15} aria-hidden />}
          onClick={onPick}
          style={{ flex: "none" }}
        >
          {video ? "Another video" : "Choose a video"}
        </Button>
        {video ? (
          <Slider
            style={{ flex: 1 }}
            min={0}
            max={Math.max(0.1, seconds - 0.05)}
            step={0.1}
            value={time}
            label={duration}
            thumbLabel="Moment of the frame"
            onChange={setTime}
          />
        ) : (
          <Text size="sm" c="dimmed">
            Choose one of your videos to draw on its picture.
          </Text>
        )}
      </Group>
    </>
  );
}
