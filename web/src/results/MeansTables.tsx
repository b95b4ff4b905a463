/** How many rows each table has on both sides, and the means of its columns. */

import { Table, Text, Title } from "@mantine/core";
import { cell, columnLabel } from "./columns";
import classes from "./compare.module.css";
import { type Comparison, meansOf, signed } from "./comparing";

export function MeansTables({ tables }: { tables: Comparison["tables"] }) {
  if (!tables.length) return <Text c="dimmed">Neither side saved a table.</Text>;
  return (
    <div className={classes.tables}>
      {tables.map((table) => (
        <OneTable key={table.name} table={table} />
      ))}
    </div>
  );
}

function OneTable({ table }: { table: Comparison["tables"][number] }) {
  const [left = null, right = null] = table.rows;
  const difference = left === null || right === null ? null : right - left;
  return (
    <div className={classes.box}>
      <Title order={3} px="sm" pt="sm">
        {table.name}
      </Title>
      <Table verticalSpacing={5} className={classes.numbers}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Mean of</Table.Th>
            <Table.Th>A</Table.Th>
            <Table.Th>B</Table.Th>
            <Table.Th>B − A</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Row name="number of rows" left={left} right={right} difference={difference} strong />
          {meansOf(table.columns).map((column) => (
            <Row key={column.name} {...column} name={columnLabel(column.name)} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

type RowProps = {
  name: string;
  left: number | null;
  right: number | null;
  difference: number | null;
  strong?: boolean;
};

function Row({ name, left, right, difference, strong }: RowProps) {
  return (
    <Table.Tr fw={strong ? 550 : undefined}>
      <Table.Td>{name}</Table.Td>
      <Table.Td>{cell(left)}</Table.Td>
      <Table.Td>{cell(right)}</Table.Td>
      <Table.Td>{signed(difference)}</Table.Td>
    </Table.Tr>
  );
}
