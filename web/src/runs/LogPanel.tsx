/** The log of a run: collapsed until asked for, and following its end unless the reader scrolls up. */

import { Card, Collapse, Group, Text, Title, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { type LogLine, useLog } from "./log";
import classes from "./log.module.css";
import type { RunFull } from "./queries";
import { live } from "./states";

export function LogPanel({ run }: { run: RunFull }) {
  const [opened, { toggle }] = useDisclosure(run.state === "failed");
  return (
    <Card component="section" aria-label="Log">
      <UnstyledButton onClick={toggle} aria-expanded={opened}>
        <Group justify="space-between">
          <Title order={2}>Log</Title>
          <IconChevronDown size={18} className={classes.chevron} data-opened={opened || undefined} aria-hidden />
        </Group>
      </UnstyledButton>
      <Collapse expanded={opened}>{opened && <Lines id={run.id} going={live(run.state)} />}</Collapse>
    </Card>
  );
}

function Lines({ id, going }: { id: string; going: boolean }) {
  const lines = useLog(id, going);
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the new lines that make it scroll
  useEffect(() => {
    if (box.current && follows.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  const scrolled = () => {
    const at = box.current;
    if (at) follows.current = at.scrollHeight - at.scrollTop - at.clientHeight < 24;
  };
  if (!lines.length) {
    return (
      <Text size="sm" c="dimmed" mt="sm">
        Nothing yet.
      </Text>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div ref={box} className={classes.box} onScroll={scrolled} role="log" tabIndex={0} aria-label="Lines of the log">
      {lines.map((line) => (
        <Line key={line.id} line={line} />
      ))}
    </div>
  );
}

function Line({ line }: { line: LogLine }) {
  const time = new Date(line.at).toLocaleTimeString("en-GB");
  return (
    <div className={classes.line} data-level={line.level}>
      <span className={classes.time}>{time}</span>
      <span>
        {line.level !== "info" && <b>{line.level} </b>}
        {line.text}
      </span>
    </div>
  );
}
