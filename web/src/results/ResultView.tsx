/** Video at the left, everything about it at the right; one below the other where there is no room. */

import { Badge, Skeleton, Stack, Tabs, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { Problems } from "../shared/problems";
import { AboutPanel } from "./AboutPanel";
import type { Clock } from "./clock";
import { EventsPanel } from "./EventsPanel";
import { FilesPanel } from "./FilesPanel";
import { Film } from "./Film";
import { asFigure } from "./figure";
import { downloadOf } from "./files";
import { useEvents } from "./happenings";
import { Player } from "./Player";
import { PlotStack } from "./PlotStack";
import { plotsQuery, type Result } from "./queries";
import classes from "./result.module.css";
import { TablesPanel } from "./TablesPanel";
import { Zoom } from "./zoom";

type Props = { result: Result; clock: Clock };

export function ResultView({ result, clock }: Props) {
  const wide = useMediaQuery("(min-width: 70em)", true, { getInitialValueInEffect: false });
  const { events, loading } = useEvents(result.run_video_id, result.events);
  const marks = useMemo(() => events.map((event) => ({ time: event.time_s, text: event.text })), [events]);
  const list = <EventsPanel events={events} total={result.events} loading={loading} clock={clock} />;
  const file = result.files.find((one) => one.address === result.video);
  return (
    <div className={classes.columns}>
      <div className={classes.left}>
        <Player clock={clock} marks={marks}>
          {result.video ? (
            <Film
              address={result.video}
              start={result.start}
              clock={clock}
              label={`${result.video_name}, ${result.annotated ? "with what was found drawn on it" : "as it was uploaded"}`}
              download={file && downloadOf(file)}
            />
          ) : (
            <div className={classes.gone}>The video was deleted; its results are still here.</div>
          )}
        </Player>
        {wide && result.events > 0 && (
          <Stack gap="xs" mt="lg">
            <Title order={2}>Events</Title>
            {list}
          </Stack>
        )}
      </div>
      <Panels result={result} clock={clock} events={wide || !result.events ? null : list} />
    </div>
  );
}

function Panels({ result, clock, events }: Props & { events: React.ReactNode }) {
  const [search, setSearch] = useSearchParams();
  const choose = (tab: string | null) =>
    setSearch(
      (old) => {
        old.set("tab", tab ?? "plots");
        return old;
      },
      { replace: true, preventScrollReset: true },
    );
  return (
    <Tabs value={tabIn(search, events !== null)} onChange={choose} keepMounted={false} className={classes.right}>
      <Tabs.List mb="md" className={classes.tabs}>
        <Tabs.Tab value="plots">Plots</Tabs.Tab>
        {events && (
          <Tabs.Tab value="events" rightSection={<Count of={result.events} />}>
            Events
          </Tabs.Tab>
        )}
        <Tabs.Tab value="tables" rightSection={<Count of={result.tables.length} />}>
          Tables
        </Tabs.Tab>
        <Tabs.Tab value="files" rightSection={<Count of={result.files.length} />}>
          Files
        </Tabs.Tab>
        <Tabs.Tab value="about">About this result</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="plots">
        <Plots result={result} clock={clock} />
      </Tabs.Panel>
      <Tabs.Panel value="events">{events}</Tabs.Panel>
      <Tabs.Panel value="tables">
        <TablesPanel result={result} clock={clock} />
      </Tabs.Panel>
      <Tabs.Panel value="files">
        <FilesPanel result={result} />
      </Tabs.Panel>
      <Tabs.Panel value="about">
        <AboutPanel result={result} />
      </Tabs.Panel>
    </Tabs>
  );
}

const TABS = ["plots", "tables", "files", "about"];

function tabIn(search: URLSearchParams, withEvents: boolean): string {
  const tab = search.get("tab") ?? "";
  return TABS.includes(tab) || (withEvents && tab === "events") ? tab : "plots";
}

function Count({ of }: { of: number }) {
  return (
    <Badge variant="default" size="xs" radius="sm" fw={500}>
      {of.toLocaleString("en-GB")}
    </Badge>
  );
}

function Plots({ result, clock }: Props) {
  const answer = useQuery(plotsQuery(result.run_video_id));
  const zoom = useMemo(() => new Zoom([clock.start, Math.max(clock.end, clock.start + 0.1)]), [clock]);
  const plots = useMemo(
    () => answer.data?.map(({ name, title, figure }) => ({ key: name, title, figure: asFigure(figure) })),
    [answer.data],
  );
  if (answer.isError) return <Problems error={answer.error} onRetry={() => answer.refetch()} />;
  if (!plots) return <Skeleton h={320} />;
  return <PlotStack plots={plots} clock={clock} zoom={zoom} />;
}
