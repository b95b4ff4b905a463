import { Button, Text } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { FieldBox, type FieldProps } from "../inspector/Field";
import { settingValue } from "../inspector/forms";
import { nameOfUse } from "../model/graph";
import { setArguments } from "../state/actions";
import { useEditor } from "../state/store";
import classes from "./Drawing.module.css";
import { type Coordinates, colourAt, readShapes, rulesOf } from "./shapes";

const DrawingDialog = lazy(() => import("./DrawingDialog"));

/** What is drawn, small, and a button that opens the dialog to draw it. */
export function DrawField({ block, setting, use }: FieldProps) {
  const [open, setOpen] = useState(false);
  const chooser = useEditor(({ blocks }) =>
    blocks?.byUse.get(nameOfUse(use))?.settings.find(({ name }) => name === setting.coordinates),
  );
  const value = settingValue(setting, use);
  const coordinates = chooser ? (String(settingValue(chooser, use)) as Coordinates) : "pixels";
  const empty = value == null || (typeof value === "object" && !Object.keys(value).length);
  // What is drawn anew is kept in fractions, which fit any video.
  const start = { value, coordinates: empty && chooser ? ("fraction" as const) : coordinates };
  return (
    <FieldBox block={block} setting={setting} use={use}>
      {!empty && <Mini setting={setting} value={value} coordinates={coordinates} />}
      <Button
        fullWidth
        mt={6}
        variant={empty ? "light" : "default"}
        leftSection={<IconPencil size={16} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        {empty ? "Draw on your video" : "Change the drawing"}
      </Button>
      {open && (
        <Suspense>
          <DrawingDialog
            setting={setting}
            start={start}
            canChoose={!!chooser}
            onClose={() => setOpen(false)}
            onDone={(drawing) => {
              setOpen(false);
              setArguments(block, {
                [setting.name]: drawing.value,
                ...(chooser ? { [chooser.name]: drawing.coordinates } : {}),
              });
            }}
          />
        </Suspense>
      )}
    </FieldBox>
  );
}

type MiniProps = Pick<FieldProps, "setting"> & { value: unknown; coordinates: Coordinates };

function Mini({ setting, value, coordinates }: MiniProps) {
  const rules = rulesOf(setting);
  const shapes = readShapes(setting, value, coordinates, { width: 160, height: 90 });
  const all = shapes.flatMap(({ points }) => points);
  // Pixels are of a video that is not known here: the drawing is shown as large as it is.
  const width = coordinates === "fraction" ? 160 : Math.max(160, ...all.map(([x]) => x * 1.05));
  const height = coordinates === "fraction" ? 90 : Math.max(90, ...all.map(([, y]) => y * 1.05));
  return (
    <>
      <svg className={classes.mini} viewBox={`0 0 ${width} ${height}`} role="img" aria-label="What is drawn">
        {shapes.map(({ name, points }, place) => {
          const path = points.map(([x, y]) => `${x},${y}`).join(" ");
          const look = { stroke: colourAt(place), strokeWidth: width / 90 };
          return rules.closed ? (
            <polygon key={name} points={path} fill={colourAt(place)} fillOpacity={0.25} {...look} />
          ) : (
            <polyline key={name} points={path} fill="none" {...look} />
          );
        })}
      </svg>
      {rules.several && (
        <Text size="xs" mt={4}>
          {shapes.map(({ name }) => name).join(", ")}
        </Text>
      )}
    </>
  );
}
