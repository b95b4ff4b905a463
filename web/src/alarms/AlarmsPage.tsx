/** Alarms: the list at the left, the one that is looked at beside it. */

import { ActionIcon, Anchor, Button, Group, Tooltip, VisuallyHidden } from "@mantine/core";
import { IconBellRinging, IconChartBar, IconKeyboard } from "@tabler/icons-react";
import { useCallback } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { EmptyState } from "../shared/EmptyState";
import { KeysDialog } from "../shared/KeysDialog";
import { PageHeader } from "../shared/PageHeader";
import { useMay } from "../shared/session";
import { AlarmDetail } from "./AlarmDetail";
import { AlarmList } from "./AlarmList";
import classes from "./page.module.css";
import { Snoozes } from "./Snoozes";
import type { Alarm } from "./types";
import { useActing } from "./useActing";
import { KEYS, useAlarmKeys } from "./useAlarmKeys";
import { searchOf, useFilters } from "./useFilters";
import { useListed } from "./useListed";
import { useNewest } from "./useNewest";

export default function AlarmsPage() {
  const { id = "" } = useParams();
  const [filters, change] = useFilters();
  const listed = useListed(filters);
  const navigate = useNavigate();
  const search = searchOf(filters).toString();
  const to = useCallback((alarm: string) => addressOf(alarm, search), [search]);
  const { alarms } = listed;
  const go = (alarm: Alarm | undefined) => alarm && navigate(to(alarm.id), { replace: id !== "" });
  const acting = useActing(id, (done) => {
    // What has been dealt with leaves the list of open ones: the next one is looked at.
    if (done === id && filters.state) navigate(to(neighbour(alarms, id)?.id ?? ""), { replace: true });
  });
  const may = useMay("analyst");
  const act = (does: () => void) => () => void (may && id && does());
  const place = alarms.findIndex((alarm) => alarm.id === id);
  useAlarmKeys({
    next: () => go(alarms[place + 1]),
    previous: () => go(alarms[place - 1]),
    acknowledge: act(acting.acknowledge),
    callFalse: act(() => acting.setDialog("false")),
    snooze: act(() => acting.setDialog("snooze")),
    choose: act(() => listed.choose(id, !listed.chosen.has(id))),
    help: () => acting.setDialog("help"),
  });
  const said = useNewest(listed);
  return (
    <>
      <PageHeader
        title="Alarms"
        subtitle="What the rules raised, and why."
        actions={<Actions onKeys={() => acting.setDialog("help")} />}
      />
      <VisuallyHidden aria-live="polite">{said}</VisuallyHidden>
      <Snoozes />
      <div className={classes.page} data-chosen={id !== "" || undefined}>
        <AlarmList listed={listed} filters={filters} onFilters={change} current={id} to={to} />
        <div>
          {id && (
            <Anchor component={Link} to={to("")} size="sm" className={classes.back} mb="xs">
              All alarms
            </Anchor>
          )}
          <div className={classes.detail}>{id ? <AlarmDetail id={id} acting={acting} /> : <Choose />}</div>
        </div>
      </div>
      <KeysDialog opened={acting.dialog === "help"} onClose={() => acting.setDialog(null)} keys={KEYS} />
    </>
  );
}

function addressOf(id: string, search: string): string {
  return `/alarms${id && `/${id}`}${search && `?${search}`}`;
}

/** The alarm after this one, else the one before. */
export function neighbour<T extends { id: string }>(alarms: T[], id: string): T | undefined {
  const place = alarms.findIndex((alarm) => alarm.id === id);
  return place < 0 ? undefined : (alarms[place + 1] ?? alarms[place - 1]);
}

function Actions({ onKeys }: { onKeys: () => void }) {
  return (
    <Group gap="xs">
      <Button
        component={Link}
        to="/alarms/summary"
        variant="default"
        leftSection={<IconChartBar size={16} aria-hidden />}
      >
        Summary
      </Button>
      <Tooltip label="Shortcuts">
        <ActionIcon variant="default" size={36} aria-label="Shortcuts" onClick={onKeys}>
          <IconKeyboard size={18} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

function Choose() {
  return (
    <EmptyState icon={IconBellRinging} title="Choose an alarm">
      Its picture, its clip and why it was raised are shown here. The keys J and K walk through the list.
    </EmptyState>
  );
}
