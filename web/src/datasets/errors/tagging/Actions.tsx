/** What can be done, as buttons with their keys. */

import { Button, Kbd } from "@mantine/core";
import { IconCheck, IconPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./tagging.module.css";
import type { Tagging } from "./useTagging";

type Props = { tagging: Tagging; onNew: () => void };

export function Actions({ tagging: { mistake, place, count, acts }, onNew }: Props) {
  const said = mistake?.tags.length ? "Next" : mistake?.seen ? "Next" : "None of these, next";
  return (
    <>
      <Act name={said} shortcut="Enter" icon={<IconCheck size={17} />} main onAct={acts.next} />
      <Act name="New tag" shortcut="T" icon={<IconPlus size={17} />} onAct={onNew} />
      <span className={classes.grow} />
      <span className={classes.place}>
        {place + 1} / {count}
      </span>
      <Act name="Back" shortcut="←" onAct={acts.back} />
      <Act name="Skip" shortcut="→" onAct={acts.skip} />
      <Act name="Undo" shortcut="Z" onAct={acts.undo} />
    </>
  );
}

type ActProps = { name: string; shortcut: string; icon?: ReactNode; main?: boolean; onAct: () => void };

function Act({ name, shortcut, icon, main, onAct }: ActProps) {
  return (
    <Button
      px={12}
      variant={main ? "filled" : "default"}
      leftSection={icon}
      rightSection={
        <Kbd size="xs" visibleFrom="sm">
          {shortcut}
        </Kbd>
      }
      onClick={onAct}
    >
      {name}
    </Button>
  );
}
