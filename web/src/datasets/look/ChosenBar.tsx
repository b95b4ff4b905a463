import { Button, CloseButton, Group, Paper, Text } from "@mantine/core";
import { IconChecklist, IconCopy, IconTableExport } from "@tabler/icons-react";
import { useEffect } from "react";
import { counted } from "../../shared/format";
import { notifyDone, notifyProblem } from "../../shared/problems";
import { useMay } from "../../shared/session";
import { usePutIntoQueue } from "../queries";
import type { Dataset } from "../types";
import classes from "./look.module.css";
import type { Chosen } from "./useChosen";

/** What can be done with chosen pictures; it lies on the grid while some are chosen. */
export function ChosenBar({ dataset, chosen }: { dataset: Dataset; chosen: Chosen }) {
  const names = [...chosen.names.values()];
  const mayDecide = useMay("analyst");
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
        {mayDecide && <ToQueue dataset={dataset} chosen={chosen} />}
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

/** Puts what is chosen into the relabel queue; what was decided already is asked again only if one says so. */
function ToQueue({ dataset, chosen }: { dataset: Dataset; chosen: Chosen }) {
  const put = usePutIntoQueue(dataset);
  const rows = [...chosen.rows];
  const { reset } = put;
  // Other pictures are another question.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the choice that changes
  useEffect(reset, [chosen.rows]);
  const send = (again: boolean) =>
    put.mutate({ rows, again }, { onSuccess: ({ decided }) => decided === 0 && chosen.clear() });
  const decided = put.data?.decided ?? 0;
  if (decided) {
    return (
      <>
        <Text size="sm" role="status">
          {counted(decided, "picture")} decided already
        </Text>
        <Button size="xs" loading={put.isPending} onClick={() => send(true)}>
          Decide again
        </Button>
      </>
    );
  }
  return (
    <Button size="xs" leftSection={<IconChecklist size={15} />} loading={put.isPending} onClick={() => send(false)}>
      To the queue
    </Button>
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
