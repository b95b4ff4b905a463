/** What keeps a pipeline from running: models that must be got first, and mistakes in its drawing. */

import { Alert, Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { type Problem, type Shape, sentence } from "../api/client";
import { PullDialog } from "../models/PullDialog";

type Props = { check: Shape<"Checked"> | undefined; saved: string | null };

export function RunProblems({ check, saved }: Props) {
  const missing = check?.missing_models ?? [];
  const problems = check?.problems ?? [];
  if (!missing.length && !problems.length) return null;
  return (
    <Stack gap="xs">
      {missing.length > 0 && <Missing models={missing} />}
      {problems.length > 0 && (
        <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title="The pipeline cannot run yet" role="alert">
          {problems.map((problem) => (
            <Text key={`${problem.block}.${problem.port} ${problem.what}`} size="sm">
              {placed(problem)}
            </Text>
          ))}
          {saved && (
            <Anchor component={Link} to={`/pipelines/${saved}`} size="sm">
              Open it in the editor
            </Anchor>
          )}
        </Alert>
      )}
    </Stack>
  );
}

/** A problem with the block and port that it is pinned to. */
export function placed(problem: Problem): string {
  const where = [problem.block, problem.port].filter(Boolean).join(" → ");
  return where ? `${where}: ${sentence(problem)}` : sentence(problem);
}

function Missing({ models }: { models: string[] }) {
  const [getting, setGetting] = useState("");
  return (
    <Alert color="brand" icon={<IconDownload aria-hidden />} title="A model must be fetched first">
      <Stack gap={6}>
        {models.map((model) => (
          <Group key={model} justify="space-between" gap="xs">
            <Text size="sm">{model}</Text>
            <Button size="compact-sm" onClick={() => setGetting(model)}>
              Get {model}
            </Button>
          </Group>
        ))}
      </Stack>
      <PullDialog name={getting} opened={getting !== ""} onClose={() => setGetting("")} />
    </Alert>
  );
}
