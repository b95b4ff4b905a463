/** The list of alarms with its filters, newest first; several can be acknowledged at once. */

import { Button, Checkbox, Skeleton, Stack, Text } from "@mantine/core";
import { IconBell, IconCheck } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTitles } from "../live/useTitles";
import { EmptyState } from "../shared/EmptyState";
import { counted } from "../shared/format";
import { Problems } from "../shared/problems";
import { useMay } from "../shared/session";
import { AlarmRow } from "./AlarmRow";
import { FilterBar } from "./FilterBar";
import classes from "./list.module.css";
import page from "./page.module.css";
import type { AlarmFilters } from "./queries";
import type { Listed } from "./useListed";

type Props = {
  listed: Listed;
  filters: AlarmFilters;
  onFilters: (change: Partial<AlarmFilters>) => void;
  current: string;
  to: (id: string) => string;
};

export function AlarmList({ listed, filters, onFilters, current, to }: Props) {
  const may = useMay("analyst");
  const titleOf = useTitles();
  const { alarms, answer, total, chosen, choose } = listed;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Walking through the list by key keeps the chosen one in sight.
    const row = current && box.current?.querySelector("[data-current]");
    if (row) row.scrollIntoView?.({ block: "nearest" });
  }, [current]);
  return (
    <section className={page.side} aria-label="All alarms">
      <div className={page.head}>
        <FilterBar filters={filters} onChange={onFilters} counts={answer.data?.pages[0]?.counts} />
      </div>
      {may && alarms.length > 0 && <Bulk listed={listed} />}
      <div className={page.scroll} ref={box}>
        <Problems error={answer.error} onRetry={() => answer.refetch()} />
        {answer.isPending && <Waiting />}
        {answer.isSuccess && !alarms.length && <Nothing filters={filters} />}
        <ul className={classes.list} aria-label="Alarms">
          {alarms.map((alarm) => (
            <li key={alarm.id}>
              <AlarmRow
                alarm={alarm}
                camera={titleOf(alarm.camera)}
                to={to(alarm.id)}
                current={alarm.id === current}
                chosen={chosen.has(alarm.id)}
                onChoose={may ? choose : undefined}
              />
            </li>
          ))}
        </ul>
        {alarms.length > 0 && (
          <div className={classes.more}>
            <Text size="xs" c="dimmed">
              {answer.hasNextPage && `${alarms.length.toLocaleString("en-GB")} of `}
              {counted(total, "alarm")}
            </Text>
            {answer.hasNextPage && (
              <Button
                size="xs"
                variant="default"
                loading={answer.isFetchingNextPage}
                onClick={() => answer.fetchNextPage()}
              >
                Show more
              </Button>
            )}
          </div>
        )}
      </div>
    </section>
  );
}

/** Chooses all that are shown, and acknowledges what is chosen. */
function Bulk({ listed }: { listed: Listed }) {
  const { alarms, chosen, chooseAll, acknowledge, acknowledging } = listed;
  return (
    <div className={page.bulk}>
      <Checkbox
        label={chosen.size ? `${chosen.size} chosen` : "Choose all shown"}
        size="sm"
        checked={chosen.size > 0 && chosen.size === alarms.length}
        indeterminate={chosen.size > 0 && chosen.size < alarms.length}
        onChange={(event) => chooseAll(event.currentTarget.checked)}
      />
      {chosen.size > 0 && (
        <Button
          size="compact-sm"
          ml="auto"
          leftSection={<IconCheck size={14} aria-hidden />}
          loading={acknowledging}
          onClick={acknowledge}
        >
          Acknowledge {chosen.size}
        </Button>
      )}
    </div>
  );
}

function Nothing({ filters: { state, camera, rule, days } }: { filters: AlarmFilters }) {
  const narrowed = Boolean(camera || rule || days);
  if (state === "open" && !narrowed) {
    return (
      <EmptyState icon={IconCheck} title="No alarm is open">
        Whatever the cameras' rules raise comes here by itself.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={IconBell} title={narrowed || state ? "No alarm fits" : "No alarm so far"}>
      {narrowed || state ? "Try another state, camera or time." : "Whatever the cameras' rules raise comes here."}
    </EmptyState>
  );
}

function Waiting() {
  return (
    <Stack gap="xs" p="sm" aria-busy="true">
      {["a", "b", "c", "d", "e"].map((key) => (
        <Skeleton key={key} h={56} />
      ))}
    </Stack>
  );
}
