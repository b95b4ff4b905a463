/** One video that runs by a clock. */

import { Alert, Button } from "@mantine/core";
import { IconMovieOff } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import type { Clock } from "./clock";
import classes from "./player.module.css";

type Props = {
  address: string;
  /** Media time of its first frame, seconds. */
  start: number;
  clock: Clock;
  label: string;
  /** Where the file can be had when the browser cannot play it. */
  download?: string;
};

export function Film({ address, start, clock, label, download }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const [broken, setBroken] = useState(false);

  useEffect(() => (video.current ? clock.attach({ video: video.current, start }) : undefined), [clock, start]);

  if (broken) {
    return (
      <Alert
        color="yellow"
        styles={{ title: { color: "var(--mantine-color-text)" } }}
        icon={<IconMovieOff aria-hidden />}
        title="This browser cannot play the video"
        m="md"
      >
        Its plots, events and tables work without it.
        {download && (
          <Button component="a" href={download} variant="default" size="xs" mt="xs" display="block" w="fit-content">
            Download the video
          </Button>
        )}
      </Alert>
    );
  }
  return (
    // biome-ignore lint/a11y/useMediaCaption: measured footage has no speech that captions could tell
    <video
      ref={video}
      className={classes.video}
      src={address}
      aria-label={label}
      playsInline
      preload="auto"
      onClick={() => clock.toggle()}
      onError={() => setBroken(true)}
    />
  );
}
