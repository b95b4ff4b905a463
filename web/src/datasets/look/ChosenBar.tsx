import { Button, CloseButton, Group, Paper, Text } from "@mantine/core";
import { IconCopy, IconTableExport } from "@tabler/icons-react";
import { counted } from "../../shared/format";
import { notifyDone, notifyProblem } from "../../shared/problems";
import classes from "./look.module.css";
import type { Chosen } from "./useChosen";

/** What can be done with chosen pictures; it lies on the grid while some are chosen. */
export function ChosenBar({ chosen }: { chosen: Chosen }) {
  const names = [...chosen.names.values()];
  if (!names.length) return null;
  const copy = () =>
    navigator.clipboard
      .writeText(names.join("\n"))
      .then(() => notifyDone(`${counted(names.length, "name")} copied.`))
      .catch(notifyProblem);
  return (
    <Paper component="section" aria-label="Chosen pictures" withBorder className={classes.chosen}>
      <Group gap="xs" wrap="nowrap">
        <CloseButton aria-label="Choose none" onClick={chosen.clear} />
        <Text size="sm" fw={550} role="status" style={{ whiteSpace: "nowrap" }}>
          {counted(names.length, "picture")}
        </Text>
      </Group>
      <Group gap="xs">
        {navigator.clipboard && (
          <Button size="xs" variant="default" leftSection={<IconCopy size={15} />} onClick={copy}>
            Copy names
          </Button>
        )}
        <Button size="xs" variant="default" leftSection={<IconTableExport size={15} />} onClick={() => save(names)}>
          Save as CSV
        </Button>
      </Group>
    </Paper>
  );
}

function save(names: string[]): void {
  const text = `name\r\n${names.map(asCsv).join("\r\n")}\r\n`;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = "pictures.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}

/** A cell of a table: quoted, and never taken for a formula (OWASP, CSV injection). */
export function asCsv(text: string): string {
  return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
