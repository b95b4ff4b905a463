import { Badge, Group, Text, UnstyledButton } from "@mantine/core";
import { Said } from "../Said";
import type { DecisionBody, Entry } from "../types";
import { shortName } from "../words";
import type { Drawing } from "./editing";
import classes from "./queue.module.css";
import { told } from "./shared";

type Props = {
  entry: Entry;
  done: DecisionBody | null;
  drawing: Drawing | null;
  onDrawing: (drawing: Drawing) => void;
  keypoints: readonly string[];
};

/** What is known about the picture that is decided about. */
export function Side({ entry, done, drawing, onDrawing, keypoints }: Props) {
  return (
    <div className={classes.about}>
      <Group gap="xs" wrap="nowrap" justify="space-between">
        <Text fw={600} truncate title={entry.item}>
          {shortName(entry.item)}
        </Text>
        {entry.label && (
          <Badge variant="light" radius="sm" tt="none" style={{ flex: "none", maxWidth: "60%" }}>
            {entry.label}
          </Badge>
        )}
      </Group>
      {done && (
        <Text size="sm" className={classes.done} role="status">
          You decided: {told(done)}. Decide anew, or go forward with →.
        </Text>
      )}
      {drawing ? (
        <Points drawing={drawing} onDrawing={onDrawing} keypoints={keypoints} />
      ) : (
        <Said suspects={entry.suspects} />
      )}
    </div>
  );
}

const STATES = ["not labelled", "hidden", "visible"];

/** The keypoints of the chosen figure; one without a place is put where the next press on the picture is. */
function Points({ drawing, onDrawing, keypoints }: Pick<Props, "onDrawing" | "keypoints"> & { drawing: Drawing }) {
  const { selected } = drawing;
  const shape = selected ? drawing.shapes[selected.shape] : undefined;
  if (!selected || !shape) {
    return (
      <Text size="sm" c="dimmed">
        Drag on the picture to draw a box. ? shows the keys.
      </Text>
    );
  }
  return (
    <section aria-label="Keypoints" className={classes.points}>
      <Text size="sm" mb={4}>
        {shape.label || "No class"}
        {shape.annotation < 0 && ", new"}
      </Text>
      {shape.points.map(([, , visible = 0], point) => (
        <UnstyledButton
          // biome-ignore lint/suspicious/noArrayIndexKey: a keypoint is its number
          key={point}
          className={classes.class}
          aria-current={selected.point === point || undefined}
          onClick={() => onDrawing({ ...drawing, selected: { shape: selected.shape, point } })}
        >
          <span className={classes.className}>{keypoints[point] || `point ${point + 1}`}</span>
          <small>{STATES[visible] ?? ""}</small>
        </UnstyledButton>
      ))}
    </section>
  );
}
