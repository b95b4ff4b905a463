/** The video with its controls: a strip of time, single frames, speed, a loop, the whole screen. */

import { ActionIcon, Group, Menu, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  type Icon,
  IconChevronLeft,
  IconChevronRight,
  IconKeyboard,
  IconMaximize,
  IconPlayerPause,
  IconPlayerPlay,
  IconRepeat,
  IconRepeatOff,
} from "@tabler/icons-react";
import { type ReactNode, useMemo, useRef } from "react";
import { KeysDialog } from "../shared/KeysDialog";
import { type Clock, useClockState, usePicked } from "./clock";
import classes from "./player.module.css";
import { type Mark, TimeStrip } from "./TimeStrip";
import { clockText } from "./time";
import { KEYS, useShortcuts, type Views } from "./useShortcuts";

export const RATES = [0.1, 0.25, 0.5, 1, 1.5, 2, 4];

type Props = { clock: Clock; marks?: Mark[]; children: ReactNode };

/** `children` are the videos; they attach themselves to the clock. */
export function Player({ clock, marks = [], children }: Props) {
  const screen = useRef<HTMLDivElement>(null);
  const [helping, { open, close }] = useDisclosure();
  const views = useMemo(() => ({ whole: () => wholeScreen(screen.current), help: open }), [open]);
  useShortcuts(clock, views);
  return (
    <div ref={screen} className={classes.player}>
      <div className={classes.picture}>{children}</div>
      <div className={classes.bar}>
        <TimeStrip clock={clock} marks={marks} />
        <Controls clock={clock} views={views} />
      </div>
      <KeysDialog opened={helping} onClose={close} keys={KEYS} />
    </div>
  );
}

function wholeScreen(element: HTMLElement | null): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void element?.requestFullscreen?.().catch(() => undefined);
}

function Controls({ clock, views }: { clock: Clock; views: Views }) {
  const { playing, span } = useClockState(clock);
  return (
    <Group gap={4} wrap="nowrap" justify="space-between">
      <Group gap={2} wrap="nowrap">
        <Tool icon={IconChevronLeft} label="One frame back" keys="," onClick={() => clock.step(-1)} />
        <Tool
          icon={playing ? IconPlayerPause : IconPlayerPlay}
          label={playing ? "Pause" : "Play"}
          keys="space"
          onClick={() => clock.toggle()}
        />
        <Tool icon={IconChevronRight} label="One frame forward" keys="." onClick={() => clock.step(1)} />
        <Now clock={clock} />
      </Group>
      <Group gap={2} wrap="nowrap">
        <Speed clock={clock} />
        <Tool
          icon={span ? IconRepeatOff : IconRepeat}
          label={span ? "Stop the loop" : "Loop from here on; drag the handles on the strip"}
          keys="l"
          active={span !== null}
          onClick={() => clock.toggleLoop()}
        />
        <Tool icon={IconKeyboard} label="Shortcuts" keys="?" onClick={views.help} />
        <Tool icon={IconMaximize} label="Whole screen" keys="f" onClick={views.whole} />
      </Group>
    </Group>
  );
}

type ToolProps = { icon: Icon; label: string; keys: string; active?: boolean; onClick: () => void };

function Tool({ icon: Picture, label, keys, active, onClick }: ToolProps) {
  return (
    <Tooltip label={`${label} (${keys})`}>
      <ActionIcon
        variant={active ? "light" : "subtle"}
        color={active ? "brand" : "gray"}
        size={36}
        aria-label={label}
        aria-keyshortcuts={keys === "space" ? "Space" : keys}
        aria-pressed={active}
        onClick={onClick}
      >
        <Picture size={19} stroke={1.8} />
      </ActionIcon>
    </Tooltip>
  );
}

function Now({ clock }: { clock: Clock }) {
  const text = usePicked(clock, (time) => clockText(time));
  return (
    <Text size="sm" ml={6} className={classes.now}>
      {text} <span className={classes.end}>/ {clockText(clock.end, clock.seconds < 60 ? 2 : 0)}</span>
    </Text>
  );
}

function Speed({ clock }: { clock: Clock }) {
  const { rate } = useClockState(clock);
  return (
    <Menu position="top-end" withinPortal={false}>
      <Menu.Target>
        <button type="button" className={classes.speed} aria-label={`Speed, now ${rate} times`}>
          {rate} ×
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Speed</Menu.Label>
        {RATES.map((one) => (
          <Menu.Item key={one} fw={one === rate ? 650 : undefined} onClick={() => clock.setRate(one)}>
            {one} ×
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
