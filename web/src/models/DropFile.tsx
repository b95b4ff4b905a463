/** A place to drop one file on. */

import type { DragEvent, ReactNode } from "react";
import { useState } from "react";
import classes from "./drop.module.css";

type Props = { onFile: (file: File) => void; disabled?: boolean; children: ReactNode };

export function DropFile({ onFile, disabled, children }: Props) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file && !disabled) onFile(file);
  };
  return (
    // Its button does the same for keyboards.
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a pointer's affair
    <div
      className={classes.drop}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {children}
    </div>
  );
}
