/** What a result rests on: models with licences and hashes, times by block, versions, what could not be read. */

import { Alert, Anchor, Code, Group, Stack, Table, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { modelFacts } from "./about";
import classes from "./about.module.css";
import type { Result } from "./queries";

export function AboutPanel({ result }: { result: Result }) {
  return (
    <Stack gap="lg">
      {result.problems.length > 0 && (
        <Alert
          color="yellow"
          styles={{ title: { color: "var(--mantine-color-text)" } }}
          icon={<IconAlertTriangle aria-hidden />}
          title="Not all of the video could be read"
        >
          {result.problems.map((problem) => (
            <Text key={problem} size="sm">
              {problem}
            </Text>
          ))}
        </Alert>
      )}
      <Part title="Time by block">
        <Timings timings={result.timings} />
      </Part>
      <Part title="Models">
        <Models result={result} />
      </Part>
      <Part title="Made with">
        <Table verticalSpacing={6} aria-label="Versions">
          <Table.Tbody>
            {Object.entries(result.versions).map(([name, version]) => (
              <Table.Tr key={name}>
                <Table.Td>{name}</Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{version}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Part>
    </Stack>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={3} mb="xs">
        {title}
      </Title>
      {children}
    </section>
  );
}

function Timings({ timings }: { timings: Result["timings"] }) {
  if (!timings.length) return <Text c="dimmed">No times were kept.</Text>;
  const longest = Math.max(...timings.map((one) => one.seconds), 1e-9);
  return (
    <table className={classes.timings}>
      <thead className={classes.hidden}>
        <tr>
          <th>Block</th>
          <th>Share</th>
          <th>Seconds in all</th>
          <th>Milliseconds a frame</th>
        </tr>
      </thead>
      <tbody>
        {timings.map((one) => (
          <tr key={one.block}>
            <th scope="row">{one.block}</th>
            <td className={classes.track}>
              <div className={classes.bar} style={{ width: `${(one.seconds / longest) * 100}%` }} />
            </td>
            <td>{one.seconds.toFixed(one.seconds < 10 ? 2 : 1)} s</td>
            <td className={classes.each}>{one.ms_per_record.toFixed(1)} ms a frame</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Models({ result }: { result: Result }) {
  if (!result.models.length) return <Text c="dimmed">This pipeline uses none.</Text>;
  return (
    <Stack gap="sm">
      {result.models.map(modelFacts).map((model) => (
        <div key={model.name}>
          <Group gap="xs">
            <Anchor component={Link} to={`/models/${encodeURIComponent(model.name)}`} fw={550}>
              {model.name}
            </Anchor>
            <Text size="sm" c="dimmed">
              {[model.licence, model.runsOn && `ran on ${model.runsOn}`].filter(Boolean).join(" · ")}
            </Text>
          </Group>
          {model.fallback && (
            <Text size="sm" c="dimmed">
              {model.fallback}
            </Text>
          )}
          {model.hashes.map(([file, hash]) => (
            <Text key={file} size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
              {file} <Code fz={11}>{hash}</Code>
            </Text>
          ))}
        </div>
      ))}
    </Stack>
  );
}
