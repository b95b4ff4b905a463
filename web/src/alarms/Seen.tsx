/** What the camera saw: the picture with boxes and the way that the object took, or the clip. */

import { Button, Group, SegmentedControl, Switch, Text, Title } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { asSentence } from "../shared/format";
import classes from "./detail.module.css";
import { clipMayCome } from "./queries";
import type { AlarmFull } from "./types";
import { whatText } from "./words";

const VIEWS = [
  { value: "picture", label: "Picture" },
  { value: "clip", label: "Clip" },
];

export function Seen({ alarm }: { alarm: AlarmFull }) {
  const [view, setView] = useState("picture");
  const [boxes, setBoxes] = useState(true);
  const what = whatText(alarm);
  return (
    <section aria-labelledby="seen">
      <div className={classes.views}>
        <Title order={3} id="seen">
          What was seen
        </Title>
        <Group gap="sm">
          {view === "picture" && alarm.picture && (
            <Switch
              size="xs"
              label="Boxes and way"
              checked={boxes}
              onChange={(event) => setBoxes(event.currentTarget.checked)}
            />
          )}
          {view === "clip" && alarm.clip && (
            <Button
              component="a"
              href={alarm.clip}
              download
              size="compact-xs"
              variant="default"
              leftSection={<IconDownload size={14} aria-hidden />}
            >
              Download
            </Button>
          )}
          <SegmentedControl aria-label="Show" size="xs" data={VIEWS} value={view} onChange={setView} />
        </Group>
      </div>
      <div className={classes.frame}>
        {view === "picture" ? <Picture alarm={alarm} boxes={boxes} what={what} /> : <Clip alarm={alarm} what={what} />}
      </div>
    </section>
  );
}

type Shown = { alarm: AlarmFull; what: string };

function Picture({ alarm, boxes, what }: Shown & { boxes: boolean }) {
  if (!alarm.picture) return <Text size="sm">No picture was kept.</Text>;
  return (
    <img
      src={boxes ? alarm.picture : alarm.picture_clean}
      alt={`${what}, as ${alarm.camera} saw it`}
      width={alarm.width || undefined}
      height={alarm.height || undefined}
    />
  );
}

function Clip({ alarm, what }: Shown) {
  if (!alarm.clip) {
    return (
      <Text size="sm" role="status" p="lg" ta="center">
        {clipWords(alarm)}
      </Text>
    );
  }
  return <video src={alarm.clip} controls autoPlay muted loop playsInline aria-label={`${what}: clip`} />;
}

function clipWords(alarm: AlarmFull): string {
  if (alarm.clip_problem) return asSentence(alarm.clip_problem);
  return clipMayCome(alarm) ? "The clip comes some seconds after the alarm." : "No clip was kept.";
}
