/** The tables of a result: choose one, search, sort, go to the video's moment and back. */

import { Button, Group, Pagination, Select, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconCurrentLocation, IconDownload, IconSearch, IconTable } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { EmptyState } from "../shared/EmptyState";
import { counted } from "../shared/format";
import { notifyProblem, Problems } from "../shared/problems";
import type { Clock } from "./clock";
import { half, timeColumn } from "./columns";
import { csvOf, downloadOf } from "./files";
import { askTable, type Result, type TableAsk, tableQuery } from "./queries";
import { TableRows } from "./TableRows";

export const ROWS = 50;

type Props = { result: Result; clock: Clock };

export function TablesPanel({ result, clock }: Props) {
  const [name, setName] = useState(result.tables[0]?.name ?? "");
  if (!result.tables.length) {
    return (
      <EmptyState icon={IconTable} title="No tables">
        The pipeline saved none; choose what to save in its settings.
      </EmptyState>
    );
  }
  const choices = result.tables.map((table) => ({
    value: table.name,
    label: `${table.name} · ${counted(table.rows, "row")}`,
  }));
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="xs">
        <Select
          label="Table"
          data={choices}
          value={name}
          onChange={(value) => value && setName(value)}
          allowDeselect={false}
          flex="1 1 200px"
        />
        <DownloadTable result={result} name={name} />
      </Group>
      <OneTable key={name} result={result} name={name} clock={clock} />
    </Stack>
  );
}

function DownloadTable({ result, name }: { result: Result; name: string }) {
  const file = csvOf(result.files, name);
  if (!file) return null;
  return (
    <Button
      component="a"
      variant="default"
      href={downloadOf(file)}
      download
      leftSection={<IconDownload size={16} aria-hidden />}
    >
      CSV
    </Button>
  );
}

type OneProps = Props & { name: string };

function OneTable({ result, name, clock }: OneProps) {
  const [page, setPage] = useState(1);
  const [sort, setSort] = useState<{ by: string; order: "up" | "down" }>({ by: "", order: "up" });
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text, 250);
  const ask: TableAsk = { name, offset: (page - 1) * ROWS, limit: ROWS, sort: sort.by, order: sort.order, q };
  const answer = useQuery({ ...tableQuery(result.run_video_id, ask), placeholderData: keepPreviousData });
  if (answer.isError) return <Problems error={answer.error} onRetry={() => answer.refetch()} />;
  if (!answer.data) return <Skeleton h={360} />;
  const sortBy = (column: string) => {
    setSort({ by: column, order: sort.by === column && sort.order === "up" ? "down" : "up" });
    setPage(1);
  };
  const timed = timeColumn(answer.data.columns) >= 0;
  const byTime = sort.by === "" || (sort.by === "time_s" && sort.order === "up");
  const goToNow = async () => setPage(await pageOfMoment(result, { ...ask, sort: "", order: "up" }, clock.time));
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <TextInput
          aria-label="Search the table"
          placeholder="Search"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setPage(1);
          }}
          flex="1 1 160px"
        />
        {timed && (
          <Button
            variant="default"
            leftSection={<IconCurrentLocation size={16} aria-hidden />}
            onClick={() => {
              setSort({ by: "", order: "up" });
              goToNow().catch(notifyProblem);
            }}
          >
            Rows of this moment
          </Button>
        )}
      </Group>
      <TableRows page={answer.data} sort={sort} onSort={sortBy} clock={clock} fps={result.fps} follow={byTime} />
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="dimmed">
          {counted(answer.data.total, "row")}
          {q && ` with “${q}”`}
        </Text>
        <Pagination
          total={Math.max(1, Math.ceil(answer.data.total / ROWS))}
          value={page}
          onChange={setPage}
          size="sm"
          siblings={1}
          getControlProps={(control) => ({ "aria-label": `${control} page` })}
        />
      </Group>
    </Stack>
  );
}

/** The page that holds the rows of a moment: as many rows as come before it tell where it is. */
async function pageOfMoment(result: Result, ask: TableAsk, time: number): Promise<number> {
  const to = Math.max(0, time - half(result.fps));
  const before = await askTable(result.run_video_id, { ...ask, offset: 0, limit: 1, to });
  return Math.floor(before.total / ROWS) + 1;
}
