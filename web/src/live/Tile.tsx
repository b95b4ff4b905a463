/** One camera on the wall: its picture, how it does, whether it has alarms. */

import { Tooltip } from "@mantine/core";
import { IconBellRinging } from "@tabler/icons-react";
import { memo, useRef } from "react";
import { Link } from "react-router";
import { asSentence, counted } from "../shared/format";
import { clockText, droppedShare, droppedText, milliseconds, rate, share } from "./figures";
import { LiveImage } from "./LiveImage";
import { pictureOf } from "./queries";
import { StatePill } from "./StatePill";
import { named, sends, stateOf } from "./states";
import classes from "./tile.module.css";
import type { Camera } from "./types";
import { useInSight } from "./useInSight";

export type Size = "small" | "medium" | "large";
// A larger picture is looked at more closely.
const LOOK: Record<Size, { every: number; width: number }> = {
  small: { every: 2000, width: 320 },
  medium: { every: 1000, width: 480 },
  large: { every: 500, width: 800 },
};

type Props = {
  camera: Camera;
  size: Size;
  boxes: boolean;
  /** It has got a new alarm just now. */
  fresh: boolean;
  /** The wall's address, to come back to. */
  from: string;
};

export const Tile = memo(function Tile({ camera, size, boxes, fresh, from }: Props) {
  const here = useRef<HTMLElement>(null);
  const inSight = useInSight(here);
  const name = named(camera);
  return (
    <article
      ref={here}
      className={classes.tile}
      data-size={size}
      data-alarm={camera.alarms_open > 0 || undefined}
      data-fresh={fresh || undefined}
      data-away={camera.state !== "live" || undefined}
      aria-label={name}
    >
      <div className={classes.picture}>
        <LiveImage
          address={pictureOf(camera, boxes, LOOK[size].width)}
          alt={`${name} right now`}
          every={LOOK[size].every}
          active={inSight && sends(camera.state)}
        />
        {camera.state !== "live" && (
          <span className={classes.state}>
            <StatePill state={camera.state} solid />
          </span>
        )}
        {camera.alarms_open > 0 && (
          <span className={classes.alarms}>
            <IconBellRinging size={13} stroke={2.2} aria-hidden />
            {size === "small" ? camera.alarms_open : counted(camera.alarms_open, "alarm")}
          </span>
        )}
        {camera.problem && size !== "small" && <p className={classes.problem}>{asSentence(camera.problem)}</p>}
      </div>
      <div className={classes.foot}>
        <Tooltip label={<Facts camera={camera} />} openDelay={600} events={{ hover: true, focus: true, touch: false }}>
          <Link to={`/wall/${encodeURIComponent(camera.name)}`} state={{ from }} className={classes.name}>
            {name}
          </Link>
        </Tooltip>
        {inSight && (camera.state === "live" ? <Figures camera={camera} size={size} /> : <Since camera={camera} />)}
      </div>
    </article>
  );
});

function Since({ camera: { since } }: { camera: Camera }) {
  return <span className={classes.figures}>{since > 0 ? `since ${clockText(since)}` : ""}</span>;
}

function Figures({ camera, size }: { camera: Camera; size: Size }) {
  const lost = droppedShare(camera);
  const looked = `${rate(camera.fps_analysed)} of ${rate(camera.fps_wanted)}/s`;
  if (size === "small") return <span className={classes.figures}>{looked}</span>;
  return (
    <span className={classes.figures}>
      <span>
        {rate(camera.fps_in)} in · {looked}
      </span>
      <span>{milliseconds(camera.latency_ms.p95)}</span>
      <span data-much={lost > 0.1 || undefined}>{share(lost)} lost</span>
    </span>
  );
}

/** All of it in words, for those who point at a tile or come to it by keyboard. */
function Facts({ camera }: { camera: Camera }) {
  const { state, problem } = camera;
  if (state !== "live") return asSentence([stateOf(state).text, problem].filter(Boolean).join(": "));
  return (
    <>
      {rate(camera.fps_in)} pictures a second come in, {rate(camera.fps_wanted)} are wanted, {rate(camera.fps_analysed)}{" "}
      are looked at. 95 % of the answers come within {milliseconds(camera.latency_ms.p95)}.{" "}
      {asSentence(droppedText(camera))}
    </>
  );
}
