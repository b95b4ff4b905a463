import { ActionIcon, Anchor, Button, Group, Menu, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import {
  IconCopy,
  IconDots,
  IconDownload,
  IconPencil,
  IconPlayerPlay,
  IconSearch,
  IconSitemap,
  IconTrash,
} from "@tabler/icons-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { EmptyState } from "../shared/EmptyState";
import { ago, counted, moment } from "../shared/format";
import { Problems } from "../shared/problems";
import { useMay } from "../shared/session";
import classes from "./Pipelines.module.css";
import { type Pipeline, useDuplicate, usePipelines } from "./queries";

type Props = { onRun: (pipeline: Pipeline) => void; onDelete: (pipeline: Pipeline) => void };

/** The pipelines that were saved. */
export function PipelineList({ onRun, onDelete }: Props) {
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text, 200);
  const pipelines = usePipelines(q);
  const rows = pipelines.data?.pages.flatMap(({ items }) => items) ?? [];
  if (pipelines.isSuccess && !rows.length && !q) return <Nothing />;
  return (
    <>
      <TextInput
        mb="sm"
        maw={320}
        aria-label="Search pipelines by name"
        placeholder="Search by name"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Problems error={pipelines.error} onRetry={() => pipelines.refetch()} />
      <Table verticalSpacing="sm" highlightOnHover className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th className={classes.wide}>Changed</Table.Th>
            <Table.Th className={classes.wide}>Version</Table.Th>
            <Table.Th className={classes.wide}>Owner</Table.Th>
            <Table.Th aria-label="Actions" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((pipeline) => (
            <Row
              key={pipeline.id}
              pipeline={pipeline}
              onRun={() => onRun(pipeline)}
              onDelete={() => onDelete(pipeline)}
            />
          ))}
        </Table.Tbody>
      </Table>
      {q && pipelines.isSuccess && !rows.length && (
        <Text c="dimmed" size="sm" p="md">
          No pipeline is called that.
        </Text>
      )}
      {pipelines.hasNextPage && (
        <Button
          variant="default"
          mt="sm"
          loading={pipelines.isFetchingNextPage}
          onClick={() => pipelines.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </>
  );
}

function Nothing() {
  return (
    <EmptyState icon={IconSitemap} title="No pipelines of your own yet">
      Take a template above, or begin with a blank one. What you save comes here.
    </EmptyState>
  );
}

type RowProps = { pipeline: Pipeline; onRun: () => void; onDelete: () => void };

function Row({ pipeline, onRun, onDelete }: RowProps) {
  const mayEdit = useMay("analyst");
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={`/pipelines/${pipeline.id}`} fw={550} size="sm">
          {pipeline.name}
        </Anchor>
        <Text size="xs" c="dimmed" lineClamp={2}>
          {pipeline.about || counted(pipeline.blocks ?? 0, "block")}
        </Text>
      </Table.Td>
      <Table.Td className={classes.wide} title={moment(pipeline.changed)}>
        {ago(pipeline.changed)}
      </Table.Td>
      <Table.Td className={classes.wide}>{pipeline.version}</Table.Td>
      <Table.Td className={classes.wide}>{pipeline.owner || "–"}</Table.Td>
      <Table.Td>
        <Group gap={4} justify="flex-end" wrap="nowrap">
          {mayEdit && (
            <Button
              size="compact-sm"
              variant="light"
              leftSection={<IconPlayerPlay size={15} aria-hidden />}
              aria-label={`Run ${pipeline.name}`}
              onClick={onRun}
            >
              Run
            </Button>
          )}
          <Actions pipeline={pipeline} mayEdit={mayEdit} onDelete={onDelete} />
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

function Actions({ pipeline, mayEdit, onDelete }: { pipeline: Pipeline; mayEdit: boolean; onDelete: () => void }) {
  const duplicate = useDuplicate();
  const navigate = useNavigate();
  return (
    <Menu position="bottom-end" withArrow>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`More for ${pipeline.name}`}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => navigate(`/pipelines/${pipeline.id}`)}>
          Open
        </Menu.Item>
        {mayEdit && (
          <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => duplicate.mutate(pipeline.id)}>
            Duplicate
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconDownload size={16} />}
          component="a"
          href={`/api/pipelines/${pipeline.id}/file?format=yaml`}
          download
        >
          Download the file
        </Menu.Item>
        {mayEdit && (
          <Menu.Item c="var(--mantine-color-error)" leftSection={<IconTrash size={16} />} onClick={onDelete}>
            Delete…
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
