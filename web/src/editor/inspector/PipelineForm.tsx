import { ActionIcon, Group, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { IconDeviceFloppy, IconX } from "@tabler/icons-react";
import { readReference } from "../model/graph";
import { toggleSave } from "../state/actions";
import { edit, endGroup, select, useEditor } from "../state/store";
import classes from "./Inspector.module.css";
import { Section } from "./Section";

/** The pipeline's own form: name, what it does, what goes into the results. */
export function PipelineForm() {
  const name = useEditor((state) => state.graph.pipeline);
  const about = useEditor((state) => state.graph.about);
  return (
    <Stack p="md" gap="md">
      <div>
        <Title order={2}>This pipeline</Title>
        <Text size="sm" c="dimmed" mt={4}>
          Select a block to see its settings. Press ? for all shortcuts.
        </Text>
      </div>
      <TextInput
        label="Name"
        value={name}
        maxLength={100}
        error={name.trim() ? undefined : "A pipeline needs a name."}
        onChange={(event) => {
          const pipeline = event.currentTarget.value;
          edit((graph) => ({ ...graph, pipeline }), "name");
        }}
        onBlur={endGroup}
      />
      <Textarea
        label="What it does"
        description="One sentence for others."
        value={about}
        maxLength={2000}
        autosize
        minRows={2}
        onChange={(event) => {
          const text = event.currentTarget.value;
          edit((graph) => ({ ...graph, about: text }), "about");
        }}
        onBlur={endGroup}
      />
      <Section title="Goes into the results">
        <Results />
      </Section>
    </Stack>
  );
}

function Results() {
  const blocks = useEditor((state) => state.blocks);
  const graph = useEditor((state) => state.graph);
  if (!graph.save.length) {
    return (
      <Text size="sm" c="dimmed">
        Nothing yet. Press the disk beside an output of a block to keep what it gives: pictures become a video, the rest
        tables.
      </Text>
    );
  }
  return (
    <Stack gap={4}>
      {graph.save.map((text) => {
        const end = blocks ? readReference(blocks, graph, text) : undefined;
        return (
          <Group key={text} gap="xs" wrap="nowrap">
            <IconDeviceFloppy size={16} color="var(--mantine-color-anchor)" aria-hidden />
            <button type="button" className={classes.link} onClick={() => end && select([end.block])}>
              {text}
            </button>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={`Do not keep ${text}`}
              onClick={() =>
                end?.port
                  ? toggleSave(end)
                  : edit((now) => ({ ...now, save: now.save.filter((item) => item !== text) }))
              }
            >
              <IconX size={14} />
            </ActionIcon>
          </Group>
        );
      })}
    </Stack>
  );
}
