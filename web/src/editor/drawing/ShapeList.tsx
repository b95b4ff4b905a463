import { ActionIcon, Button, Group, NumberInput, Stack, Text, TextInput, Tooltip, UnstyledButton } from "@mantine/core";
import { IconArrowsExchange, IconPlus, IconTrash, IconX } from "@tabler/icons-react";
import classes from "./Drawing.module.css";
import { area, crossesItself, inWords, type Point, type Size } from "./geometry";
import { type Coordinates, colourAt, type Drawn, type Metres, metresAt, type Rules } from "./shapes";
import type { Drawing } from "./useDrawing";

type Props = { drawing: Drawing; rules: Rules; frame: Size; coordinates: Coordinates };

/** The shapes by name, with their corners as numbers: all that the stage does, without a mouse. */
export function ShapeList({ drawing, rules, frame, coordinates }: Props) {
  return (
    <Stack gap="xs">
      {drawing.shapes.map((shape, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: shapes have no other identity; names change while typing
        <div key={place} className={classes.item} data-active={place === drawing.active || undefined}>
          <Head drawing={drawing} rules={rules} shape={shape} place={place} />
          {place === drawing.active && (
            <Corners
              drawing={drawing}
              rules={rules}
              shape={shape}
              place={place}
              frame={frame}
              coordinates={coordinates}
            />
          )}
        </div>
      ))}
      {(rules.several || !drawing.shapes.length) && (
        <Button variant="default" size="xs" leftSection={<IconPlus size={15} aria-hidden />} onClick={drawing.begin}>
          New {rules.word}
        </Button>
      )}
    </Stack>
  );
}

type PartProps = { drawing: Drawing; rules: Rules; shape: Drawn; place: number };

function Head({ drawing, rules, shape, place }: PartProps) {
  return (
    <Group gap="xs" wrap="nowrap">
      <span className={classes.colour} style={{ background: colourAt(place) }} aria-hidden />
      {rules.named ? (
        <TextInput
          size="xs"
          style={{ flex: 1 }}
          aria-label={`Name of ${rules.word} ${place + 1}`}
          value={shape.name}
          onFocus={() => place !== drawing.active && drawing.select(place)}
          onChange={(event) => drawing.rename(place, event.currentTarget.value)}
          onBlur={drawing.endGroup}
        />
      ) : (
        <UnstyledButton className={classes.title} onClick={() => drawing.select(place)}>
          {shape.name || rules.word}
        </UnstyledButton>
      )}
      <Tooltip label={`Delete this ${rules.word}`}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Delete ${shape.name || rules.word}`}
          onClick={() => drawing.removeShape(place)}
        >
          <IconTrash size={16} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

function Corners({ drawing, rules, shape, place, frame, coordinates }: PartProps & Omit<Props, "rules" | "drawing">) {
  const fraction = coordinates === "fraction";
  const add = () => {
    const [x, y] = shape.points.at(-1) ?? [frame.width * 0.4, frame.height * 0.4];
    drawing.insert(place, shape.points.length - 1, [Math.min(x + frame.width * 0.1, frame.width), y]);
  };
  return (
    <Stack gap={4} mt={8}>
      {shape.points.map((point, corner) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a corner is known by its place
        <Group key={corner} gap={4} wrap="nowrap">
          <Text size="xs" c="dimmed" w={18}>
            {corner + 1}
          </Text>
          {([0, 1] as const).map((axis) => (
            <Coordinate
              key={axis}
              label={`${shape.name || rules.word}, point ${corner + 1}, ${axis ? "down" : "across"}`}
              value={point[axis]}
              full={axis ? frame.height : frame.width}
              fraction={fraction}
              onSet={(value) => drawing.move(place, corner, axis ? [point[0], value] : ([value, point[1]] as Point))}
            />
          ))}
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={`Delete point ${corner + 1}`}
            onClick={() => drawing.remove(place, corner)}
          >
            <IconX size={14} />
          </ActionIcon>
        </Group>
      ))}
      {rules.metres && shape.points.length > 0 && <Ground drawing={drawing} shape={shape} place={place} />}
      <Group gap="xs">
        {shape.points.length < rules.most && (
          <Button size="compact-xs" variant="subtle" leftSection={<IconPlus size={13} aria-hidden />} onClick={add}>
            Add a point
          </Button>
        )}
        {rules.arrow && shape.points.length === 2 && (
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconArrowsExchange size={13} aria-hidden />}
            onClick={() => drawing.turn(place)}
          >
            Swap in and out
          </Button>
        )}
      </Group>
      <Remarks rules={rules} points={shape.points} />
    </Stack>
  );
}

/** Where each point is on the ground. */
function Ground({ drawing, shape, place }: Omit<PartProps, "rules">) {
  return (
    <Stack gap={4} mt="xs">
      <Text size="sm" fw={550}>
        On the ground, in metres
      </Text>
      <Text size="xs" c="dimmed">
        Choose any corner as 0, 0 and measure from there: across, then along.
      </Text>
      {shape.points.map((_, corner) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a corner is known by its place
        <Group key={corner} gap={4} wrap="nowrap">
          <Text size="xs" c="dimmed" w={18}>
            {corner + 1}
          </Text>
          {([0, 1] as const).map((axis) => (
            <NumberInput
              key={axis}
              size="xs"
              hideControls
              aria-label={`Point ${corner + 1}, metres ${axis ? "along" : "across"}`}
              placeholder={axis ? "along" : "across"}
              suffix=" m"
              value={metresAt(shape, corner)[axis] ?? ""}
              onChange={(next) => {
                const told: Metres = [...metresAt(shape, corner)];
                told[axis] = typeof next === "number" ? next : null;
                drawing.tell(place, corner, told);
              }}
            />
          ))}
        </Group>
      ))}
    </Stack>
  );
}

type CoordinateProps = {
  label: string;
  value: number;
  full: number;
  fraction: boolean;
  onSet: (value: number) => void;
};

function Coordinate({ label, value, full, fraction, onSet }: CoordinateProps) {
  return (
    <NumberInput
      size="xs"
      hideControls
      aria-label={label}
      value={fraction ? Number(((value / full) * 100).toFixed(2)) : Math.round(value)}
      suffix={fraction ? " %" : " px"}
      min={0}
      max={fraction ? 100 : full}
      onChange={(next) => typeof next === "number" && onSet(fraction ? (next / 100) * full : next)}
    />
  );
}

function Remarks({ rules, points }: { rules: Rules; points: Point[] }) {
  const [first, second] = points;
  if (rules.arrow && first && second) {
    return (
      <Text size="xs" c="dimmed">
        Who crosses it going {inWords(first, second)} comes <b>in</b>.
      </Text>
    );
  }
  if (!rules.closed || points.length < 3) return null;
  if (crossesItself(points)) {
    return (
      <Text size="xs" c="var(--mantine-color-error)">
        Its edges cross each other. Move a corner, or delete one.
      </Text>
    );
  }
  return area(points) < 64 ? (
    <Text size="xs" c="var(--mantine-color-error)">
      It is very small.
    </Text>
  ) : null;
}
