/** How the whole engine does: cameras by state, how much is looked at, what holds up the rest. */

import { Anchor, Text, UnstyledButton } from "@mantine/core";
import { IconBellRinging } from "@tabler/icons-react";
import { Link } from "react-router";
import { asSentence, counted } from "../shared/format";
import { rate, share, stageText } from "./figures";
import { StageBars } from "./StageBars";
import { StatePill } from "./StatePill";
import { counts } from "./states";
import classes from "./strip.module.css";
import type { Camera, Health, State } from "./types";

type Props = {
  health: Health;
  cameras: Camera[];
  /** The state that the wall is narrowed to. */
  state: State | "";
  onState: (state: State | "") => void;
};

export function EngineStrip({ health, cameras, state, onState }: Props) {
  const alarms = cameras.reduce((sum, camera) => sum + camera.alarms_open, 0);
  const { stage, why } = health.bottleneck;
  return (
    <section className={classes.strip} aria-label="Engine">
      <div className={classes.part}>
        <Text className={classes.head}>{counted(cameras.length, "camera")}</Text>
        <div className={classes.pills}>
          {counts(cameras).map((one) => (
            <UnstyledButton
              key={one.state}
              className={classes.pill}
              aria-pressed={one.state === state}
              onClick={() => onState(one.state === state ? "" : one.state)}
            >
              <StatePill state={one.state} count={one.count} size="md" />
            </UnstyledButton>
          ))}
        </div>
        <Anchor
          component={Link}
          to="/alarms?state=open"
          size="sm"
          className={classes.alarms}
          data-any={alarms > 0 || undefined}
        >
          <IconBellRinging size={15} aria-hidden /> {alarms ? counted(alarms, "open alarm") : "No open alarms"}
        </Anchor>
      </div>
      <div className={classes.part}>
        <Text className={classes.head}>Looked at</Text>
        <p className={classes.big}>
          {rate(health.fps_analysed)}
          <span> of {rate(health.fps_wanted)} pictures a second</span>
        </p>
        <Meter part={health.fps_wanted > 0 ? health.fps_analysed / health.fps_wanted : 0} />
        <Text size="xs" c="dimmed">
          {rate(health.fps_in)} a second come in. Batches of up to {health.batch.size} are{" "}
          {share(health.batch.occupancy)} full.
        </Text>
      </div>
      <div className={classes.part} data-wide>
        <Text className={classes.head}>
          {stage ? `Bottleneck: ${stageText(stage).toLowerCase()}` : "No bottleneck"}
        </Text>
        {why && (
          <Text size="xs" c="dimmed">
            {asSentence(why)}
          </Text>
        )}
        <StageBars stages={health.stages} bottleneck={stage} />
      </div>
    </section>
  );
}

/** The figures stand beside it. */
function Meter({ part }: { part: number }) {
  const full = Math.min(1, Math.max(0, part));
  return (
    <div className={classes.meter} aria-hidden data-low={full < 0.9 || undefined}>
      <span style={{ width: `${full * 100}%` }} />
    </div>
  );
}
