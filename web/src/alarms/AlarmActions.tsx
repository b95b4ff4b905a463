/** The buttons of an alarm: acknowledge, snooze, call it false, open it again. */

import { Button, Group, Kbd, Menu } from "@mantine/core";
import { IconBellZ, IconCheck, IconChevronDown, IconRotate, IconThumbDown } from "@tabler/icons-react";
import { useTitles } from "../live/useTitles";
import { useMay } from "../shared/session";
import { FalseDialog } from "./FalseDialog";
import type { AlarmFull } from "./types";
import type { Acting } from "./useActing";
import { SNOOZES } from "./words";

type Props = { alarm: AlarmFull; acting: Acting };

export function AlarmActions({ alarm, acting }: Props) {
  const may = useMay("analyst");
  if (!may) return null;
  const { acts, dialog, setDialog } = acting;
  return (
    <Group gap="xs">
      {alarm.state === "open" || alarm.state === "snoozed" ? (
        <>
          <Button
            leftSection={<IconCheck size={16} aria-hidden />}
            rightSection={<Key name="A" />}
            loading={acts.acknowledge.isPending}
            onClick={acting.acknowledge}
          >
            Acknowledge
          </Button>
          <SnoozeMenu alarm={alarm} acting={acting} />
          <Button
            variant="default"
            leftSection={<IconThumbDown size={16} aria-hidden />}
            rightSection={<Key name="F" />}
            onClick={() => setDialog("false")}
          >
            False alarm
          </Button>
        </>
      ) : (
        <>
          <Button
            variant="default"
            leftSection={<IconRotate size={16} aria-hidden />}
            loading={acts.reopen.isPending}
            onClick={() => acts.reopen.mutate(alarm.id)}
          >
            Open again
          </Button>
          {alarm.state !== "false" && (
            <Button
              variant="default"
              leftSection={<IconThumbDown size={16} aria-hidden />}
              onClick={() => setDialog("false")}
            >
              False alarm
            </Button>
          )}
        </>
      )}
      <FalseDialog
        opened={dialog === "false"}
        onClose={() => setDialog(null)}
        onSend={acting.callFalse}
        loading={acts.callFalse.isPending}
      />
    </Group>
  );
}

function SnoozeMenu({ alarm, acting }: Props) {
  const { dialog, setDialog, snooze, acts } = acting;
  const titleOf = useTitles();
  return (
    <Menu
      opened={dialog === "snooze"}
      onChange={(opened) => setDialog(opened ? "snooze" : null)}
      position="bottom-end"
      width={280}
    >
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconBellZ size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          loading={acts.snooze.isPending}
        >
          Snooze
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {alarm.rule} on {titleOf(alarm.camera)}
        </Menu.Label>
        {SNOOZES.map(({ minutes, text }) => (
          <Menu.Item key={minutes} onClick={() => snooze({ minutes, scope: "rule" })}>
            {text}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {SNOOZES.slice(0, 2).map(({ minutes, text }) => (
          <Menu.Item key={minutes} onClick={() => snooze({ minutes, scope: "alarm" })}>
            Only this alarm, {text}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Key({ name }: { name: string }) {
  return (
    <Kbd size="xs" aria-hidden>
      {name}
    </Kbd>
  );
}
