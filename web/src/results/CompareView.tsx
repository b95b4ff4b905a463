/** The two results themselves. */

import { Skeleton, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import { Problems } from "../shared/problems";
import { Clock } from "./clock";
import classes from "./compare.module.css";
import { type Comparison, overlays, spanOfBoth } from "./comparing";
import { Film } from "./Film";
import { MeansTables } from "./MeansTables";
import { Player } from "./Player";
import { PlotStack } from "./PlotStack";
import { plotsQuery, type Result } from "./queries";
import { SettingsTable } from "./SettingsTable";
import { Zoom } from "./zoom";

export function CompareView({ comparison }: { comparison: Comparison }) {
  const { left, right } = comparison;
  const clock = useMemo(() => {
    const { start, seconds } = spanOfBoth(left, right);
    return new Clock(start, seconds, left.fps ?? right.fps);
  }, [left, right]);
  return (
    <Stack gap="xl">
      <Player clock={clock}>
        <Side mark="A" result={left} clock={clock} />
        <Side mark="B" result={right} clock={clock} />
      </Player>
      <section aria-label="Settings that differ">
        <Title order={2} mb="xs">
          Settings that differ
        </Title>
        <SettingsTable settings={comparison.settings} />
      </section>
      <section aria-label="Numbers">
        <Title order={2} mb="xs">
          Numbers
        </Title>
        <MeansTables tables={comparison.tables} />
      </section>
      <section aria-label="Plots">
        <Title order={2} mb="xs">
          Plots: A whole, B dotted
        </Title>
        <Plots left={left} right={right} clock={clock} />
      </section>
    </Stack>
  );
}

function Side({ mark, result, clock }: { mark: "A" | "B"; result: Result; clock: Clock }) {
  return (
    <figure className={classes.side}>
      <Film address={result.video} start={result.start} clock={clock} label={`${mark}: ${result.video_name}`} />
      <figcaption className={classes.caption}>
        <span className={classes.mark} data-mark={mark}>
          {mark}
        </span>
        <Link to={`/results/${result.run_video_id}`}>
          {result.run_name} · {result.video_name}
        </Link>
      </figcaption>
    </figure>
  );
}

function Plots({ left, right, clock }: { left: Result; right: Result; clock: Clock }) {
  const ours = useQuery(plotsQuery(left.run_video_id));
  const theirs = useQuery(plotsQuery(right.run_video_id));
  const zoom = useMemo(() => new Zoom([clock.start, Math.max(clock.end, clock.start + 0.1)]), [clock]);
  const plots = useMemo(() => overlays(ours.data ?? [], theirs.data ?? []), [ours.data, theirs.data]);
  const error = ours.error ?? theirs.error;
  if (error) return <Problems error={error} />;
  if (!ours.data || !theirs.data) return <Skeleton h={320} />;
  return <PlotStack plots={plots} clock={clock} zoom={zoom} />;
}
