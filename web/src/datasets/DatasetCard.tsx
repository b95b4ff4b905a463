import { ActionIcon, Anchor, Button, Card, Group, Menu, Text } from "@mantine/core";
import { IconDots, IconHeartbeat, IconPencilCheck, IconTrash } from "@tabler/icons-react";
import { Link } from "react-router";
import { ago, counted } from "../shared/format";
import classes from "./datasets.module.css";
import { pictureOf } from "./pictures";
import { Standing } from "./Standing";
import type { Dataset } from "./types";
import { VerdictPill } from "./VerdictPill";

type Props = { dataset: Dataset; mayChange: boolean; onDelete: (dataset: Dataset) => void };
// How many pictures a card shows.
const PICTURES = 4;

/** A data set in the list: what it looks like, how it stands, what is to be done. */
export function DatasetCard({ dataset, mayChange, onDelete }: Props) {
  const place = `/datasets/${dataset.id}`;
  const ready = dataset.state === "ready";
  return (
    <Card component="li" padding={0} className={classes.card}>
      <Link to={place} className={classes.strip} tabIndex={-1} aria-hidden>
        {dataset.readable && rowsAcross(dataset.items).map((row) => <Picture key={row} dataset={dataset} row={row} />)}
      </Link>
      <div className={classes.body}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Anchor component={Link} to={place} fw={600} c="inherit" className={classes.name}>
            {dataset.name}
          </Anchor>
          <Group gap={4} wrap="nowrap">
            {dataset.verdict && <VerdictPill verdict={dataset.verdict} size="sm" />}
            {mayChange && <CardMenu dataset={dataset} onDelete={onDelete} />}
          </Group>
        </Group>
        <Text size="xs" c="dimmed">
          {facts(dataset)}
        </Text>
        <Standing dataset={dataset} />
        {ready && (
          <Group gap="xs" mt="auto">
            <Button
              component={Link}
              to={`${place}/health`}
              size="xs"
              variant="default"
              leftSection={<IconHeartbeat size={15} />}
            >
              Health
            </Button>
            {dataset.open > 0 && (
              <Button component={Link} to={`${place}/queue`} size="xs" leftSection={<IconPencilCheck size={15} />}>
                {dataset.open.toLocaleString("en-GB")} to decide
              </Button>
            )}
            <Text size="xs" c="dimmed" ml="auto">
              {dataset.checked ? `checked ${ago(dataset.checked)}` : "not checked yet"}
            </Text>
          </Group>
        )}
      </div>
    </Card>
  );
}

function Picture({ dataset, row }: { dataset: Dataset; row: number }) {
  return <img src={pictureOf(dataset, row, 256)} alt="" loading="lazy" decoding="async" />;
}

/** Rows from all over the data set: neighbours are often alike. */
function rowsAcross(items: number): number[] {
  const count = Math.min(PICTURES, items);
  return Array.from({ length: count }, (_, place) => Math.floor(((place + 0.5) * items) / count));
}

/** `244 pictures · 2 classes · train, val · Image folder` */
export function facts(dataset: Dataset): string {
  const known = dataset.items > 0;
  return [
    known && counted(dataset.items, "picture"),
    known && counted(dataset.classes, "class", "classes"),
    known && dataset.annotations > 0 && counted(dataset.annotations, "annotation"),
    dataset.splits.slice(0, 4).join(", "),
    dataset.format,
  ]
    .filter(Boolean)
    .join(" · ");
}

function CardMenu({ dataset, onDelete }: Pick<Props, "dataset" | "onDelete">) {
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`More for ${dataset.name}`}>
          <IconDots size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => onDelete(dataset)}>
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
