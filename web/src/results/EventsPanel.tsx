/** What happened, as a list with pictures: a click goes there, the newest one at the video's time is marked. */

import { Badge, Chip, Group, Skeleton, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconListDetails } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { EmptyState } from "../shared/EmptyState";
import { counted } from "../shared/format";
import { type Clock, usePicked } from "./clock";
import classes from "./events.module.css";
import { inSight, kindsOf, latest } from "./happenings";
import type { EventRow } from "./queries";
import { clockText } from "./time";

// Pixels of a row, as in the styles, and of the list.
const ROW = 64;
const HEIGHT = 420;

type Props = { events: EventRow[]; total: number; loading: boolean; clock: Clock };

export function EventsPanel({ events, total, loading, clock }: Props) {
  const [kinds, setKinds] = useState<string[]>([]);
  const all = useMemo(() => kindsOf(events), [events]);
  const shown = useMemo(
    () => (kinds.length ? events.filter((one) => kinds.includes(one.kind)) : events),
    [events, kinds],
  );
  if (loading && !events.length) return <Skeleton h={220} />;
  if (!events.length) {
    return (
      <EmptyState icon={IconListDetails} title="No events">
        Nothing crossed a line or entered a zone, or the pipeline has no rule that tells events.
      </EmptyState>
    );
  }
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <Chip.Group multiple value={kinds} onChange={setKinds}>
          <Group gap={6} role="group" aria-label="Kinds of events">
            {all.length > 1 &&
              all.map(([kind, count]) => (
                <Chip key={kind} value={kind} size="xs" radius="sm">
                  {words(kind)} · {count.toLocaleString("en-GB")}
                </Chip>
              ))}
          </Group>
        </Chip.Group>
        <Text size="sm" c="dimmed">
          {shown.length < total && `${shown.length.toLocaleString("en-GB")} of `}
          {counted(total, "event")}
          {events.length < total && !loading && "; the tables have them all"}
        </Text>
      </Group>
      <List events={shown} clock={clock} />
    </Stack>
  );
}

function List({ events, clock }: { events: EventRow[]; clock: Clock }) {
  const now = usePicked(clock, (time) => latest(events, time));
  const box = useRef<HTMLElement>(null);
  const [top, setTop] = useState(0);
  useEffect(() => {
    // Only the list is scrolled, never the page.
    if (box.current && now >= 0) box.current.scrollTop = now * ROW - box.current.clientHeight / 3;
  }, [now]);
  const [from, to] = inSight(top, HEIGHT, ROW, events.length);
  return (
    <section
      className={classes.list}
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
      aria-label="Events"
      style={{ maxHeight: HEIGHT }}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <div style={{ height: events.length * ROW, paddingTop: from * ROW, boxSizing: "border-box" }}>
        {events.slice(from, to).map((event, number) => (
          <Item
            // biome-ignore lint/suspicious/noArrayIndexKey: events have no name of their own
            key={from + number}
            event={event}
            current={from + number === now}
            onSeek={() => clock.seek(event.time_s)}
          />
        ))}
      </div>
    </section>
  );
}

function Item({ event, current, onSeek }: { event: EventRow; current: boolean; onSeek: () => void }) {
  return (
    <UnstyledButton className={classes.item} onClick={onSeek} aria-current={current || undefined}>
      <img className={classes.picture} src={event.thumbnail} alt="" loading="lazy" width={85} height={48} />
      <span className={classes.text}>
        <Text size="sm" fw={550} span>
          {event.track !== null && `#${event.track} `}
          {event.text || words(event.kind)}
        </Text>
        <Text size="xs" c="dimmed" span>
          {clockText(event.time_s)}
        </Text>
      </span>
      <Badge variant="default" size="sm" radius="sm" tt="none" fw={500}>
        {words(event.kind)}
      </Badge>
    </UnstyledButton>
  );
}

function words(kind: string): string {
  return kind.replaceAll("_", " ");
}
