/** What was run: the blocks of the run's own copy of the pipeline. */

import { Anchor, Badge, Card, Group, Text, Title } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { Link } from "react-router";
import { blocksOf } from "./pipelines";
import type { RunFull } from "./queries";

export function PipelineCard({ run }: { run: RunFull }) {
  const blocks = blocksOf(run.graph);
  return (
    <Card component="section" aria-label="Pipeline">
      <Title order={2} mb={4}>
        Pipeline
      </Title>
      {run.pipeline_id ? (
        <Anchor component={Link} to={`/pipelines/${run.pipeline_id}?version=${run.pipeline_version ?? ""}`} size="sm">
          {run.pipeline_name}
          {run.pipeline_version && `, version ${run.pipeline_version}`}
        </Anchor>
      ) : (
        <Text size="sm">{run.pipeline_name}</Text>
      )}
      {run.graph.about && (
        <Text size="sm" c="dimmed" mt={4}>
          {run.graph.about}
        </Text>
      )}
      <Group gap={6} mt="sm" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
        {blocks.map((block) => (
          <li key={block.name}>
            <Badge variant="default" size="md" radius="sm" tt="none" fw={500} title={block.use}>
              {block.name}
            </Badge>
          </li>
        ))}
      </Group>
      {run.pipeline_id && (
        <Anchor href={fileOf(run.pipeline_id, run.pipeline_version)} download size="sm" mt="sm" w="fit-content">
          <Group gap={6}>
            <IconDownload size={15} aria-hidden /> Download the pipeline file
          </Group>
        </Anchor>
      )}
    </Card>
  );
}

function fileOf(id: string, version: number | null): string {
  return `/api/pipelines/${id}/file?format=yaml${version ? `&number=${version}` : ""}`;
}
