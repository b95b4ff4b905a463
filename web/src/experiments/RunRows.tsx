/** A page of an experiment's runs. The best value of a metric over all runs is marked. */

import { Anchor, Checkbox, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconStarFilled } from "@tabler/icons-react";
import { useQueries } from "@tanstack/react-query";
import { Link } from "react-router";
import tables from "../results/tables.module.css";
import { ago, moment } from "../shared/format";
import { StatusPill } from "../shared/StatusPill";
import { betterText, cellOf, isGoal, metricValue, type Sort } from "./columns";
import classes from "./experiments.module.css";
import { bestQuery } from "./queries";
import { MOST_COMPARED } from "./RunsPanel";
import type { Column, RunRow, RunsPage, Which } from "./types";
import { pillOf, took } from "./words";

type Props = {
  page: RunsPage;
  columns: Column[];
  sort: Sort;
  which: Which;
  onSort: (by: string, lower: boolean | null | undefined) => void;
  ticked: RunRow[];
  onTick: (row: RunRow) => void;
};

export function RunRows({ page, columns, sort, which, onSort, ticked, onTick }: Props) {
  const best = useBest(page, columns, which);
  const head = { sort, onSort };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className={`${tables.box} ${classes.box}`} tabIndex={0} aria-label="Runs">
      <table className={tables.table}>
        <thead>
          <tr>
            <th scope="col" className={classes.tick}>
              <span className={classes.hidden}>Compare</span>
            </th>
            <Head {...head} by="name" className={classes.run}>
              Name
            </Head>
            <Head {...head} by="status">
              Status
            </Head>
            <Head {...head} by="started">
              Started
            </Head>
            <Head {...head} by="seconds" number>
              Took
            </Head>
            {columns.map((column) => (
              <Head
                key={column.key}
                {...head}
                by={column.key}
                lower={column.lower}
                better={betterText(column)}
                number={column.numeric}
              >
                {column.name}
              </Head>
            ))}
          </tr>
        </thead>
        <tbody>
          {page.rows.map((row) => (
            <Row
              key={row.id}
              row={row}
              columns={columns}
              which={which}
              best={best}
              ticked={ticked.some((other) => other.id === row.id)}
              full={ticked.length >= MOST_COMPARED}
              onTick={onTick}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The best value of each shown metric over all runs of the experiment, whatever is filtered. */
function useBest(page: RunsPage, columns: Column[], which: Which): Map<string, number> {
  const metrics = columns.filter(isGoal);
  const answers = useQueries({
    queries: metrics.map((column) => bestQuery(page.experiment, column.key, column.lower ?? false, which)),
  });
  const found = metrics.map((column, at): [string, number | null] => {
    const values = answers[at]?.data?.rows[0]?.metrics[column.name];
    return [column.key, metricValue(values, which, column.lower ?? false)];
  });
  // Of a single run everything would be the best.
  return new Map(page.total > 1 ? found.filter((pair): pair is [string, number] => pair[1] !== null) : []);
}

type HeadProps = Pick<Props, "sort" | "onSort"> & {
  by: string;
  lower?: boolean | null;
  better?: string;
  number?: boolean;
  className?: string;
  children: string;
};

function Head({ by, lower, better, number, className, sort, onSort, children }: HeadProps) {
  const active = sort.by === by;
  const Arrow = sort.descending ? IconArrowDown : IconArrowUp;
  return (
    <th
      scope="col"
      className={className}
      data-number={number || undefined}
      aria-sort={active ? (sort.descending ? "descending" : "ascending") : undefined}
    >
      <UnstyledButton className={tables.head} onClick={() => onSort(by, lower)} title={better}>
        {children}
        {active && <Arrow size={13} aria-hidden />}
      </UnstyledButton>
    </th>
  );
}

type RowProps = {
  row: RunRow;
  columns: Column[];
  which: Which;
  best: Map<string, number>;
  ticked: boolean;
  full: boolean;
  onTick: (row: RunRow) => void;
};

function Row({ row, columns, which, best, ticked, full, onTick }: RowProps) {
  return (
    <tr aria-selected={ticked || undefined}>
      <td className={classes.tick}>
        <Checkbox
          size="xs"
          aria-label={`Compare ${row.name}`}
          checked={ticked}
          disabled={full && !ticked}
          title={full && !ticked ? `${MOST_COMPARED} runs can be compared at a time` : undefined}
          onChange={() => onTick(row)}
        />
      </td>
      <td className={classes.run}>
        <Anchor component={Link} to={`/experiments/runs/${row.id}`} size="sm" fw={550} title={row.name}>
          {row.name}
        </Anchor>
      </td>
      <td className={classes.status}>
        <StatusPill {...pillOf(row.status)} size="sm" />
      </td>
      <td title={moment(row.started)}>{ago(row.started)}</td>
      <td data-number>{took(row.seconds)}</td>
      {columns.map((column) => (
        <Cell key={column.key} row={row} column={column} which={which} best={best.get(column.key)} />
      ))}
    </tr>
  );
}

type CellProps = { row: RunRow; column: Column; which: Which; best: number | undefined };

function Cell({ row, column, which, best }: CellProps) {
  const text = cellOf(row, column, which);
  const value = column.kind === "metric" ? metricValue(row.metrics[column.name], which, column.lower ?? false) : null;
  if (value === null || value !== best) {
    return (
      <td data-number={column.numeric || undefined} title={column.numeric ? undefined : text}>
        {text}
      </td>
    );
  }
  return (
    <td data-number data-best title="Best of all runs">
      <IconStarFilled size={11} aria-label="Best" className={classes.star} /> {text}
    </td>
  );
}
