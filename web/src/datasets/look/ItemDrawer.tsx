/** One item whole: its picture with all that is drawn on it, its facts, what checks say. Arrow keys lead to its neighbours. */

import { ActionIcon, Button, Drawer, Group, Skeleton, Table, Text, Title, Tooltip } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconDownload } from "@tabler/icons-react";
import { type KeyboardEvent, useState } from "react";
import { Link } from "react-router";
import { counted } from "../../shared/format";
import { Problems } from "../../shared/problems";
import { useMay } from "../../shared/session";
import { Framed } from "../Framed";
import { Outlines } from "../Outlines";
import { pictureOf, sideFor } from "../pictures";
import { editionOf, useItem, usePutIntoQueue } from "../queries";
import { Said } from "../Said";
import type { Dataset, Facets, Item } from "../types";
import { shortName } from "../words";
import classes from "./look.module.css";

type Props = {
  dataset: Dataset;
  row: number | null;
  facets: Facets | undefined;
  colour: (label: string) => string;
  /** "12 of 400", or nothing while it is not known. */
  place: string;
  onGo: (step: number) => void;
  onClose: () => void;
};

export function ItemDrawer({ dataset, row, facets, colour, place, onGo, onClose }: Props) {
  const item = useItem(dataset.id, editionOf(dataset), row);
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowRight" || event.key === "ArrowDown") onGo(1);
    else if (event.key === "ArrowLeft" || event.key === "ArrowUp") onGo(-1);
    else return;
    event.preventDefault();
  };
  return (
    <Drawer
      opened={row !== null}
      onClose={onClose}
      position="right"
      size="min(920px, 100%)"
      title={item.data ? shortName(item.data.name) : "Picture"}
      onKeyDown={press}
      transitionProps={{ duration: 120 }}
      styles={{ title: { fontWeight: 600, overflowWrap: "anywhere" } }}
    >
      <Group justify="space-between" mb="xs">
        <Group gap={4}>
          <Step text="Picture before (←)" icon={<IconChevronLeft size={18} />} onClick={() => onGo(-1)} />
          <Step text="Next picture (→)" icon={<IconChevronRight size={18} />} onClick={() => onGo(1)} />
          <Text size="sm" c="dimmed" ml={4} role="status">
            {place}
          </Text>
        </Group>
        {row !== null && (
          <Button
            component="a"
            href={pictureOf(dataset, row, 2048)}
            target="_blank"
            rel="noreferrer"
            size="xs"
            variant="default"
            leftSection={<IconDownload size={15} />}
          >
            Open large
          </Button>
        )}
      </Group>
      <Problems error={item.error} onRetry={() => item.refetch()} />
      {row !== null && <Large dataset={dataset} row={row} item={item.data} facets={facets} colour={colour} />}
      {item.data ? <About dataset={dataset} item={item.data} /> : item.isPending && <Skeleton h={120} mt="md" />}
    </Drawer>
  );
}

function Step({ text, icon, onClick }: { text: string; icon: React.ReactNode; onClick: () => void }) {
  return (
    <Tooltip label={text}>
      <ActionIcon variant="default" size="lg" aria-label={text} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

type LargeProps = Pick<Props, "dataset" | "facets" | "colour"> & { row: number; item: Item | undefined };

function Large({ dataset, row, item, facets, colour }: LargeProps) {
  const [side] = useState(() => sideFor(Math.min(880, window.innerWidth)));
  const suspected = new Set(item?.suspects?.map((one) => one.annotation).filter((number) => number >= 0));
  return (
    <div className={classes.large}>
      <Framed
        src={pictureOf(dataset, row, side)}
        alt={item ? `${item.name}${item.label && `, ${item.label}`}` : "Picture"}
        width={item?.width ?? 0}
        height={item?.height ?? 0}
      >
        {(view) =>
          item && (
            <Outlines
              {...view}
              annotations={item.annotations ?? []}
              colour={colour}
              bones={facets?.bones}
              suspected={suspected}
            />
          )
        }
      </Framed>
    </div>
  );
}

function About({ dataset, item }: { dataset: Dataset; item: Item }) {
  return (
    <div className={classes.about}>
      <section aria-label="What checks say">
        <Title order={3} mb="xs">
          What checks say
        </Title>
        <Said suspects={item.suspects ?? []} />
        <InQueue dataset={dataset} item={item} />
      </section>
      <section aria-label="Facts">
        <Title order={3} mb="xs">
          Facts
        </Title>
        <Facts item={item} />
      </section>
    </div>
  );
}

/** The way to the queue for what waits in it, the way into it for the others. */
function InQueue({ dataset, item }: { dataset: Dataset; item: Item }) {
  const put = usePutIntoQueue(dataset);
  const mayDecide = useMay("analyst");
  if (item.entry != null) {
    return (
      <Button component={Link} to={`/datasets/${dataset.id}/queue`} size="xs" variant="default">
        To the queue
      </Button>
    );
  }
  if (!mayDecide) return null;
  return (
    <Button
      size="xs"
      variant="default"
      loading={put.isPending}
      onClick={() => put.mutate({ rows: [item.row], again: true })}
    >
      Put into the queue
    </Button>
  );
}

function Facts({ item }: { item: Item }) {
  const annotators = [...new Set((item.annotations ?? []).map((one) => one.annotator).filter(Boolean))];
  const rows: [string, string | false][] = [
    ["Name", item.name],
    ["Class", item.label],
    ["Split", item.split],
    ["Group", item.group],
    ["Size", item.width > 0 && `${item.width} × ${item.height} pixels`],
    ["Drawn", item.annotations.length > 0 && counted(item.annotations.length, "annotation")],
    ["Annotators", annotators.join(", ")],
    ["Text", item.text],
    ...Object.entries(item.extras ?? {}).map(([name, value]): [string, string] => [name, plain(value)]),
  ];
  return (
    <Table withRowBorders={false} verticalSpacing={3} horizontalSpacing={0}>
      <Table.Tbody>
        {rows
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th w={110} fw={400} c="dimmed" scope="row" style={{ verticalAlign: "top" }}>
                {name}
              </Table.Th>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
            </Table.Tr>
          ))}
      </Table.Tbody>
    </Table>
  );
}

function plain(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
