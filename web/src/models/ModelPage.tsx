/** A model's card in full. */

import { Alert, Anchor, Button, Card, Code, Grid, Group, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDownload, IconInfoCircle, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { Confirm } from "../shared/Confirm";
import { bytes, counted } from "../shared/format";
import { PageHeader } from "../shared/PageHeader";
import { PageProblem } from "../shared/PageProblem";
import { useMay } from "../shared/session";
import { Classes } from "./Classes";
import { Address, PullDialog } from "./PullDialog";
import { type ModelFull, modelQuery, useRemoveModel } from "./queries";
import { familyTitle, metricText, runtimeTitle, sentenceCase, taskHelp, taskTitle } from "./words";

export default function ModelPage() {
  const { name = "" } = useParams();
  const answer = useQuery(modelQuery(name));
  if (answer.isError) {
    const again = () => answer.refetch();
    return <PageProblem error={answer.error} onRetry={again} what="model" to="/models" all="See all models" />;
  }
  if (!answer.data) return <Skeleton h={400} />;
  return <Loaded model={answer.data} />;
}

function Loaded({ model }: { model: ModelFull }) {
  return (
    <>
      <PageHeader
        title={model.name}
        above={
          <Anchor component={Link} to="/models" size="sm">
            Models
          </Anchor>
        }
        subtitle={`${taskTitle(model.task)}. ${taskHelp(model.task)}`}
        actions={<Acts model={model} />}
      />
      {model.note && (
        <Alert icon={<IconInfoCircle aria-hidden />} mb="lg">
          {sentenceCase(model.note)}
        </Alert>
      )}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack gap="lg">
            <Facts title="What it is" rows={identity(model)} />
            <Facts title="How it is fed" rows={geometry(model)} />
            <Files model={model} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack gap="lg">
            <Metrics model={model} />
            {model.classes.length > 0 && <Classes classes={model.classes} />}
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}

function Acts({ model }: { model: ModelFull }) {
  const may = useMay("analyst");
  const navigate = useNavigate();
  const [getting, get] = useDisclosure();
  const [removing, remove] = useDisclosure();
  const removal = useRemoveModel(model.name, () => {
    remove.close();
    navigate("/models");
  });
  if (!may) return null;
  if (!model.installed) {
    return (
      <>
        <Button leftSection={<IconDownload size={17} aria-hidden />} onClick={get.open}>
          Get
        </Button>
        <PullDialog name={model.name} opened={getting} onClose={get.close} />
      </>
    );
  }
  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={16} aria-hidden />} onClick={remove.open}>
        Remove
      </Button>
      <Confirm
        opened={removing}
        title={`Remove ${model.name}?`}
        action="Remove"
        danger
        loading={removal.isPending}
        onClose={remove.close}
        onConfirm={() => removal.mutate()}
      >
        {model.used_by ? `It is used by ${counted(model.used_by, "pipeline")}, which will not run without it. ` : ""}
        Its files are deleted from this machine.
      </Confirm>
    </>
  );
}

type Rows = [string, ReactNode][];

function identity(model: ModelFull): Rows {
  return [
    ["Task", taskTitle(model.task)],
    ["Family", familyTitle(model.family)],
    ["Runs with", runtimeTitle(model.runtime)],
    ["Licence", model.licence],
    ["Size", bytes(model.bytes)],
    ["Comes from", <Address key="source" text={model.source} />],
    ["Described in", <Address key="reference" text={model.reference} />],
    ["Recommended threshold", metricText(model.threshold)],
  ];
}

function geometry(model: ModelFull): Rows {
  const given = (model.card.geometry ?? {}) as Record<string, unknown>;
  const list = (value: unknown) => (Array.isArray(value) ? value.map((one) => metricText(Number(one))).join(", ") : "");
  const fits: Record<string, string> = {
    stretch: "stretched to fill it",
    crop: `cut to its middle, ${metricText(100 * Number(given.crop ?? 1))} % of the short side`,
    letterbox: `whole, the rest filled with grey ${String(given.pad ?? "")}`,
  };
  const fit = fits[String(given.fit)] ?? fits.letterbox;
  const rows: Rows = [
    ["Input", `${model.width} × ${model.height} pixels`],
    ["Picture is", fit],
    ["Colour order", String(given.colour ?? "")],
    ["Axes", String(given.layout ?? "")],
    ["Scaled by", given.scale === undefined ? "" : metricText(Number(given.scale))],
    ["Mean", list(given.mean)],
    ["Standard deviation", list(given.std)],
  ];
  return rows.filter(([, value]) => value);
}

function Facts({ title, rows }: { title: string; rows: Rows }) {
  return (
    <Card component="section" aria-label={title}>
      <Title order={2} mb="xs">
        {title}
      </Title>
      <Table verticalSpacing={6} withRowBorders={false}>
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Td c="dimmed" w={180} pl={0}>
                {name}
              </Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function Metrics({ model }: { model: ModelFull }) {
  return (
    <Card component="section" aria-label="Measured">
      <Title order={2} mb="xs">
        Measured
      </Title>
      {model.metrics.length === 0 && (
        <Text size="sm" c="dimmed">
          Nobody has measured it yet: try it on your own footage before you trust its numbers.
        </Text>
      )}
      {model.metrics.map((metric) => (
        <div key={`${metric.name} ${metric.data}`}>
          <Group gap="xs" align="baseline">
            <Text fw={650} size="lg">
              {metricText(metric.value)}
            </Text>
            <Text>{metric.name}</Text>
          </Group>
          <Text size="sm" c="dimmed" mb="xs" style={{ overflowWrap: "anywhere" }}>
            on {metric.data}
            {metric.source && (
              <>
                {" · "}
                <Address text={metric.source} />
              </>
            )}
          </Text>
        </div>
      ))}
    </Card>
  );
}

function Files({ model }: { model: ModelFull }) {
  return (
    <Card component="section" aria-label="Files">
      <Title order={2} mb="xs">
        Files
      </Title>
      {model.files.map((file) => (
        <div key={String(file.name)}>
          <Text size="sm">
            {String(file.name)} · {bytes(Number(file.bytes))}
          </Text>
          <Text size="xs" c="dimmed" mb="xs" style={{ overflowWrap: "anywhere" }}>
            SHA-256 <Code fz={11}>{String(file.sha256)}</Code>
          </Text>
        </div>
      ))}
    </Card>
  );
}
