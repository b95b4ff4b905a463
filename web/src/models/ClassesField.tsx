/** The names of the classes, in the network's order: typed, pasted, or from a text file. */

import { Button, FileButton, Group, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { counted } from "../shared/format";
import { notifyProblem } from "../shared/problems";
import type { Wizard } from "./useWizard";
import { classesFrom } from "./wizard";

export function ClassesField({ wizard }: { wizard: Wizard }) {
  const given = wizard.value("classes");
  const [text, setText] = useState(Array.isArray(given) ? given.join("\n") : "");
  const count = classesFrom(text).length;
  const write = (next: string) => {
    setText(next);
    wizard.set("classes", classesFrom(next));
  };
  return (
    <div>
      <Textarea
        label="Classes"
        description="One name a line, in the order of the network's class numbers"
        autosize
        minRows={4}
        maxRows={10}
        value={text}
        error={wizard.error("classes")}
        onChange={(event) => write(event.currentTarget.value)}
      />
      <Group justify="space-between" mt={6}>
        <Text size="sm" c="dimmed">
          {counted(count, "class", "classes")}
        </Text>
        <FileButton
          accept=".txt,.names,.csv,text/plain"
          onChange={(file) => file && void file.text().then(write, notifyProblem)}
        >
          {(props) => (
            <Button {...props} size="compact-sm" variant="default">
              From a text file
            </Button>
          )}
        </FileButton>
      </Group>
    </div>
  );
}
