/** A model in a list. */

import { Anchor, Badge, Button, Card, Group, Text, ThemeIcon } from "@mantine/core";
import {
  IconCheck,
  IconDownload,
  IconFingerprint,
  IconFocus2,
  IconStretching,
  IconTag,
  IconTypography,
} from "@tabler/icons-react";
import { Link } from "react-router";
import { bytes, counted } from "../shared/format";
import type { Model } from "./queries";
import { familyTitle, runtimeTitle, sentenceCase, taskTitle } from "./words";

const ICONS = {
  detection: IconFocus2,
  pose: IconStretching,
  embedding: IconFingerprint,
  classification: IconTag,
  recognition: IconTypography,
};

export function TaskIcon({ task, size = 20 }: { task: string; size?: number }) {
  const Picture = ICONS[task as keyof typeof ICONS] ?? IconFocus2;
  return (
    <ThemeIcon variant="light" size={size * 1.9} aria-hidden>
      <Picture size={size} stroke={1.7} />
    </ThemeIcon>
  );
}

type Props = { model: Model; onGet?: (name: string) => void };

export function ModelCard({ model, onGet }: Props) {
  return (
    <Card component="article" aria-label={model.name} style={{ display: "flex", flexDirection: "column", gap: 10 }}>
      <Group wrap="nowrap" gap="sm" align="flex-start">
        <TaskIcon task={model.task} />
        <div style={{ minWidth: 0, flex: 1 }}>
          <Anchor
            component={Link}
            to={`/models/${encodeURIComponent(model.name)}`}
            fw={600}
            style={{ overflowWrap: "anywhere" }}
          >
            {model.name}
          </Anchor>
          <Text size="sm" c="dimmed">
            {taskTitle(model.task)} · {familyTitle(model.family)}
          </Text>
        </div>
        {model.installed && (
          <Badge variant="light" color="green" radius="sm" tt="none" leftSection={<IconCheck size={13} aria-hidden />}>
            {model.used_by ? `In ${counted(model.used_by, "pipeline")}` : "Installed"}
          </Badge>
        )}
      </Group>
      {model.note && (
        <Text size="sm" lineClamp={2}>
          {sentenceCase(model.note)}
        </Text>
      )}
      <Group gap={6} mt="auto" justify="space-between">
        <Group gap={6}>
          <Fact text={model.licence} />
          <Fact text={bytes(model.bytes)} />
          <Fact text={runtimeTitle(model.runtime)} />
        </Group>
        {!model.installed && onGet && (
          <Button
            size="compact-sm"
            aria-label={`Get ${model.name}`}
            leftSection={<IconDownload size={15} aria-hidden />}
            onClick={() => onGet(model.name)}
          >
            Get
          </Button>
        )}
      </Group>
    </Card>
  );
}

function Fact({ text }: { text: string }) {
  return (
    <Badge variant="default" radius="sm" tt="none" fw={500}>
      {text}
    </Badge>
  );
}
