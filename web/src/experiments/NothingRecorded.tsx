/** How to record a training, while there is none. */

import { Button, Code, CopyButton } from "@mantine/core";
import { IconCheck, IconCopy, IconFlask } from "@tabler/icons-react";
import { EmptyState } from "../shared/EmptyState";
import classes from "./experiments.module.css";
import { quoted } from "./words";

export function NothingRecorded({ store }: { store: string }) {
  const line = `trackside train photos/ --store ${quoted(store)}`;
  return (
    <>
      <EmptyState icon={IconFlask} title="Nothing is recorded yet">
        Train with this line, with your own folder of pictures; the run appears here while it goes.
      </EmptyState>
      <div className={classes.record}>
        <Code block tabIndex={0} aria-label="Command that records a training">
          {line}
        </Code>
        <CopyButton value={line}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
              onClick={copy}
            >
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
      </div>
    </>
  );
}
