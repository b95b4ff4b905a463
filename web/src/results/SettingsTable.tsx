/** The settings of two pipelines that differ. */

import { Button, Code, Table, Text } from "@mantine/core";
import { useState } from "react";
import classes from "./compare.module.css";
import { type Comparison, settingsOf } from "./comparing";

// Two other pipelines differ in almost everything; the first rows tell enough.
const FEW = 8;

export function SettingsTable({ settings }: { settings: Comparison["settings"] }) {
  const all = settingsOf(settings);
  const [whole, setWhole] = useState(all.length <= FEW + 2);
  const rows = whole ? all : all.slice(0, FEW);
  if (!all.length) return <Text c="dimmed">None: both ran the same pipeline with the same settings.</Text>;
  return (
    <Table.ScrollContainer minWidth={280} className={classes.box}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Setting</Table.Th>
            <Table.Th>A</Table.Th>
            <Table.Th>B</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.name}>
              <Table.Td>{row.name}</Table.Td>
              <Table.Td>
                <Code className={classes.value}>{row.left}</Code>
              </Table.Td>
              <Table.Td>
                <Code className={classes.value}>{row.right}</Code>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {!whole && (
        <Button variant="subtle" size="xs" m={6} onClick={() => setWhole(true)}>
          Show all {all.length}
        </Button>
      )}
    </Table.ScrollContainer>
  );
}
