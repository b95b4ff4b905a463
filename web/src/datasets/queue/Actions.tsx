/** What can be decided, as buttons with their keys. */

import { Button, Kbd } from "@mantine/core";
import { IconCheck, IconPencil, IconTag, IconTrash, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Entry } from "../types";
import classes from "./queue.module.css";
import { partnerOf } from "./shared";
import type { Decide } from "./useDecide";

type Props = { entry: Entry; decide: Decide; looksBack: boolean };

export function Actions({ entry, decide, looksBack }: Props) {
  if (decide.drawing) {
    return (
      <>
        <Act name="Save" shortcut="Enter" icon={<IconCheck size={17} />} main onAct={decide.saveDrawing} />
        <Act name="Leave it as it was" shortcut="Esc" icon={<IconX size={17} />} onAct={decide.stopDrawing} />
      </>
    );
  }
  return (
    <>
      <Act name="Keep" shortcut="Enter" icon={<IconCheck size={17} />} main onAct={decide.keep} />
      {decide.suggestion && (
        <Act name={`It is ${decide.suggestion}`} shortcut="S" icon={<IconTag size={17} />} onAct={decide.suggested} />
      )}
      <Act
        name={partnerOf(entry) ? "Remove this one" : "Remove"}
        shortcut="X"
        icon={<IconTrash size={17} />}
        danger
        onAct={decide.remove}
      />
      {decide.hasOther && (
        <Act name="Remove the other" shortcut="O" icon={<IconTrash size={17} />} danger onAct={decide.removeOther} />
      )}
      {decide.canDraw && <Act name="Draw" shortcut="E" icon={<IconPencil size={17} />} onAct={decide.draw} />}
      <span className={classes.grow} />
      <Act name="Back" shortcut="←" onAct={decide.back} />
      <Act name={looksBack ? "Forward" : "Skip"} shortcut="→" onAct={decide.skip} />
      <Act name="Undo" shortcut="Z" onAct={decide.undo} />
    </>
  );
}

type ActProps = {
  name: string;
  shortcut: string;
  icon?: ReactNode;
  main?: boolean;
  danger?: boolean;
  onAct: () => void;
};

function Act({ name, shortcut, icon, main, danger, onAct }: ActProps) {
  return (
    <Button
      px={12}
      variant={main ? "filled" : danger ? "light" : "default"}
      color={danger ? "red" : undefined}
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
