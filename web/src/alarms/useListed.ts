/** The alarms that are listed, and which of them are chosen. */

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { counted } from "../shared/format";
import { notifyDone } from "../shared/problems";
import { type AlarmFilters, alarmsQuery, useAlarmActs } from "./queries";

// As many are acknowledged at a time.
const AT_ONCE = 4;

export function useListed(filters: AlarmFilters) {
  const answer = useInfiniteQuery({ ...alarmsQuery(filters), placeholderData: keepPreviousData });
  const alarms = useMemo(() => answer.data?.pages.flatMap((page) => page.items) ?? [], [answer.data]);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  // What is no longer listed is no longer chosen: nobody acknowledges what they do not see.
  const chosen = useMemo(() => new Set(alarms.map(({ id }) => id).filter((id) => picked.has(id))), [alarms, picked]);
  const choose = useCallback((id: string, wanted: boolean) => {
    setPicked((old) => (wanted ? new Set([...old, id]) : new Set([...old].filter((one) => one !== id))));
  }, []);
  const chooseAll = (wanted: boolean) => setPicked(new Set(wanted ? alarms.map(({ id }) => id) : []));
  const bulk = useBulk(() => setPicked(new Set()));
  return {
    answer,
    alarms,
    total: answer.data?.pages[0]?.total ?? 0,
    chosen,
    choose,
    chooseAll,
    acknowledge: () => void bulk.acknowledge([...chosen]),
    acknowledging: bulk.acknowledging,
  };
}

export type Listed = ReturnType<typeof useListed>;

function useBulk(onDone: () => void) {
  const acts = useAlarmActs();
  const [acknowledging, setAcknowledging] = useState(false);
  const acknowledge = async (ids: string[]) => {
    setAcknowledging(true);
    const done = await inTurns(ids, AT_ONCE, (id) => acts.acknowledge.mutateAsync(id));
    setAcknowledging(false);
    if (done) notifyDone(`${counted(done, "alarm")} acknowledged.`);
    onDone();
  };
  return { acknowledge, acknowledging };
}

/** Does something with each, a few at a time; how many went well. */
export async function inTurns<T>(items: T[], atOnce: number, act: (item: T) => Promise<unknown>): Promise<number> {
  const waiting = [...items];
  let well = 0;
  const work = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        await act(item);
        well += 1;
      } catch {
        // told already
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return well;
}
