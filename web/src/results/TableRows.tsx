/** A page of a table's rows; those of the shown frame are marked, a click on one seeks the video. */

import { Text, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { type Clock, usePicked } from "./clock";
import { cell, decimalsOf, half, heading, isNumber, timeColumn, timeOf } from "./columns";
import type { TablePage } from "./queries";
import classes from "./tables.module.css";

type Props = {
  page: TablePage;
  sort: { by: string; order: "up" | "down" };
  onSort: (column: string) => void;
  clock: Clock;
  fps: number | null;
  /** Scroll along with the video. */
  follow: boolean;
};

export function TableRows({ page, sort, onSort, clock, fps, follow }: Props) {
  const box = useRef<HTMLElement>(null);
  const at = timeColumn(page.columns);
  const times = page.rows.map((row) => timeOf(row, at));
  const near = half(fps);
  const decimals = page.columns.map((column, number) => {
    const values = page.rows.map((row) => row[number]);
    return decimalsOf(column, page.types[number] ?? "", values);
  });
  // Rows of now, as one text: the table is rendered anew only when they change.
  const now = usePicked(clock, (time) => current(times, time, near).join());
  const marked = new Set(now ? now.split(",").map(Number) : []);
  const first = marked.values().next().value;
  useEffect(() => {
    if (!follow || first === undefined || !clock.playing) return;
    intoView(box.current, first);
  }, [first, follow, clock]);
  if (!page.rows.length) return <Text c="dimmed">No rows.</Text>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className={classes.box} ref={box} tabIndex={0} aria-label="Rows">
      <table className={classes.table}>
        <thead>
          <tr>
            {page.columns.map((column, number) => (
              <Head
                key={column}
                column={column}
                number={isNumber(page.types[number] ?? "")}
                sort={sort}
                onSort={onSort}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {page.rows.map((row, number) => (
            <Row
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own, and a page does not change
              key={number}
              row={row}
              types={page.types}
              decimals={decimals}
              at={at}
              marked={marked.has(number)}
              clock={clock}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Numbers of the rows of a moment. */
export function current(times: (number | null)[], time: number, near: number): number[] {
  return times.flatMap((one, number) => (one !== null && Math.abs(one - time) <= near ? [number] : []));
}

function intoView(box: HTMLElement | null, row: number): void {
  const element = box?.querySelectorAll("tbody tr")[row] as HTMLElement | undefined;
  if (!box || !element) return;
  const [top, bottom] = [box.scrollTop + 40, box.scrollTop + box.clientHeight - element.offsetHeight];
  if (element.offsetTop < top || element.offsetTop > bottom) box.scrollTop = element.offsetTop - box.clientHeight / 3;
}

type HeadProps = Pick<Props, "sort" | "onSort"> & { column: string; number: boolean };

function Head({ column, number, sort, onSort }: HeadProps) {
  const { words, unit } = heading(column);
  const active = sort.by === column;
  const Arrow = sort.order === "up" ? IconArrowUp : IconArrowDown;
  return (
    <th
      scope="col"
      data-number={number || undefined}
      aria-sort={active ? (sort.order === "up" ? "ascending" : "descending") : undefined}
    >
      <UnstyledButton className={classes.head} onClick={() => onSort(column)}>
        {words}
        {unit && <span className={classes.unit}>{unit}</span>}
        {active && <Arrow size={13} aria-hidden />}
      </UnstyledButton>
    </th>
  );
}

type RowProps = {
  decimals: (number | undefined)[];
  row: unknown[];
  types: string[];
  at: number;
  marked: boolean;
  clock: Clock;
};

function Row({ row, types, decimals, at, marked, clock }: RowProps) {
  const time = timeOf(row, at);
  const seek = time === null ? undefined : () => clock.seek(time);
  return (
    // The button in the cell of time does the same for keyboards.
    <tr aria-current={marked || undefined} data-seek={seek ? true : undefined} onClick={seek}>
      {row.map((value, number) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: cells are known by their column's number
        <td key={number} data-number={isNumber(types[number] ?? "") || undefined}>
          {number === at && seek ? (
            <UnstyledButton className={classes.time}>{cell(value, decimals[number])}</UnstyledButton>
          ) : (
            cell(value, decimals[number])
          )}
        </td>
      ))}
    </tr>
  );
}
