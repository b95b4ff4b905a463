import {
  ActionIcon,
  Button,
  Fieldset,
  Group,
  ScrollArea,
  Spoiler,
  Stack,
  Switch,
  Text,
  TextInput,
  Title,
  Tooltip,
} from "@mantine/core";
import { IconCopy, IconTrash } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { Problem } from "../../api/client";
import { iconOf } from "../canvas/icons";
import { isSaved, nameOfUse, nameProblem, SOURCE } from "../model/graph";
import { type Block, colourOf, kindBeside } from "../model/palette";
import { duplicate, removeSelected, rename, toggleSave } from "../state/actions";
import { useSettledSelection } from "../state/settled";
import { useEditor } from "../state/store";
import { fieldId } from "./Field";
import { told } from "./forms";
import { Inputs } from "./Inputs";
import classes from "./Inspector.module.css";
import { PipelineForm } from "./PipelineForm";
import { Section } from "./Section";
import { SettingField } from "./SettingField";

/** What is selected: a block's form, or the pipeline's own. */
export function Inspector() {
  const selected = useSettledSelection();
  const readOnly = useEditor((state) => state.readOnly);
  return (
    <ScrollArea className={classes.panel} type="auto" offsetScrollbars="y">
      <Fieldset variant="unstyled" disabled={readOnly}>
        {selected.length === 1 && <BlockForm key={selected[0]} name={selected[0] as string} />}
        {selected.length === 0 && <PipelineForm />}
        {selected.length > 1 && <Several count={selected.length} />}
      </Fieldset>
    </ScrollArea>
  );
}

function Several({ count }: { count: number }) {
  const readOnly = useEditor((state) => state.readOnly);
  if (readOnly) return null;
  return (
    <Stack p="md" gap="sm">
      <Title order={2}>{count} blocks</Title>
      <Text size="sm" c="dimmed">
        Drag one to move them all; the arrow keys do it too.
      </Text>
      <Actions />
    </Stack>
  );
}

function Actions() {
  return (
    <Group gap="xs">
      <Button size="xs" variant="default" leftSection={<IconCopy size={15} aria-hidden />} onClick={duplicate}>
        Duplicate
      </Button>
      <Button size="xs" variant="default" leftSection={<IconTrash size={15} aria-hidden />} onClick={removeSelected}>
        Delete
      </Button>
    </Group>
  );
}

/** Gives the focus to the field that a problem was pinned to. */
function useFieldFocus(name: string): void {
  const focus = useEditor((state) => state.focus);
  useEffect(() => {
    if (focus?.block !== name) return;
    const field = document.getElementById(fieldId(name, focus.field.split(".")[0] ?? ""));
    field?.focus();
    field?.scrollIntoView({ block: "center" });
    useEditor.setState({ focus: null });
  }, [focus, name]);
}

/** The settings with a field of their own; how places are kept is chosen where they are drawn. */
function formSettings({ settings }: Block) {
  const drawn = new Set(settings.map(({ coordinates }) => coordinates));
  return settings.filter(({ name }) => !drawn.has(name));
}

function BlockForm({ name }: { name: string }) {
  const block = useEditor((state) => state.blocks?.byUse.get(nameOfUse(state.graph.blocks[name])));
  const there = useEditor((state) => name in state.graph.blocks);
  useFieldFocus(name);
  if (!there) return null;
  return (
    <Stack p="md" gap="md">
      <Head name={name} block={block} />
      {block && block.inputs.length > 0 && (
        <Section title="Comes from">
          <Inputs name={name} block={block} />
        </Section>
      )}
      {block && block.settings.length > 0 && (
        <Section title="Settings">
          <Stack gap="sm">
            {formSettings(block).map((setting) => (
              <SettingField key={setting.name} block={name} setting={setting} />
            ))}
          </Stack>
        </Section>
      )}
      {block && block.outputs.length > 0 && name !== SOURCE && (
        <Section title="Goes into the results">
          <Outputs name={name} block={block} />
        </Section>
      )}
    </Stack>
  );
}

function Head({ name, block }: { name: string; block: Block | undefined }) {
  const use = useEditor((state) => nameOfUse(state.graph.blocks[name]));
  const readOnly = useEditor((state) => state.readOnly);
  const problems = useEditor((state) => state.problemsOf[name]);
  const Picture = iconOf(block?.family ?? "");
  return (
    <div>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Picture size={22} stroke={1.6} color="var(--mantine-color-anchor)" style={{ flex: "none" }} aria-hidden />
        <Title order={2} style={{ flex: 1 }}>
          {block?.title ?? use}
        </Title>
        {name !== SOURCE && !readOnly && (
          <Group gap={2} wrap="nowrap">
            <Tooltip label="Duplicate (Ctrl+D)">
              <ActionIcon variant="subtle" color="gray" aria-label="Duplicate this block" onClick={duplicate}>
                <IconCopy size={17} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label="Delete (Del)">
              <ActionIcon variant="subtle" color="gray" aria-label="Delete this block" onClick={removeSelected}>
                <IconTrash size={17} />
              </ActionIcon>
            </Tooltip>
          </Group>
        )}
      </Group>
      <Text size="sm" c="dimmed" mt={4}>
        {block?.summary ?? "This block is not known here. It may come from a newer version of Trackside."}
      </Text>
      {block?.help && <Help text={block.help} whole={readOnly} />}
      {pinnedNowhere(problems ?? [], block).map((problem) => (
        <Text key={`${problem.port} ${problem.what}`} size="sm" c="var(--mantine-color-error)" mt={6}>
          {told(problem)}
        </Text>
      ))}
      {name !== SOURCE && <NameField name={name} />}
    </div>
  );
}

/** The rest of a block's help, folded. */
function Help({ text, whole }: { text: string; whole: boolean }) {
  const words = (
    <Text size="xs" c="dimmed" className={classes.help}>
      {text}
    </Text>
  );
  // What folds is a button, and nothing can be pressed where nothing may be changed.
  if (whole) return words;
  return (
    <Spoiler maxHeight={34} showLabel="More" hideLabel="Less" mt={4} classNames={{ control: classes.more }}>
      {words}
    </Spoiler>
  );
}

/** Problems that no field of the form shows. */
function pinnedNowhere(problems: Problem[], block: Block | undefined): Problem[] {
  const fields = block ? [...block.inputs, ...formSettings(block)].map(({ name }) => name) : [];
  return problems.filter(({ port }) => !port || !fields.includes(port.split(".")[0] as string));
}

function NameField({ name }: { name: string }) {
  const graph = useEditor((state) => state.graph);
  const [text, setText] = useState(name);
  const problem = nameProblem(graph, name, text);
  const commit = () => (problem ? setText(name) : text !== name && rename(name, text));
  return (
    <TextInput
      mt="sm"
      label="Your name for it"
      description="Tables and files carry it."
      value={text}
      error={problem}
      onChange={(event) => setText(event.currentTarget.value.toLowerCase().replace(/\s+/g, "-"))}
      onBlur={commit}
      onKeyDown={(event) => event.key === "Enter" && commit()}
    />
  );
}

function Outputs({ name, block }: { name: string; block: Block }) {
  const graph = useEditor((state) => state.graph);
  const blocks = useEditor((state) => state.blocks);
  if (!blocks) return null;
  return (
    <Stack gap="xs">
      {block.outputs.map((port) => (
        <Switch
          key={port.name}
          size="sm"
          checked={isSaved(blocks, graph, { block: name, port: port.name })}
          onChange={() => toggleSave({ block: name, port: port.name })}
          label={
            <Group component="span" gap={6} display="inline-flex">
              <span className={classes.dot} style={{ background: colourOf(blocks, port) }} aria-hidden />
              {port.title || port.name}
              <Text span size="xs" c="dimmed">
                {kindBeside(port)}
              </Text>
            </Group>
          }
        />
      ))}
    </Stack>
  );
}
