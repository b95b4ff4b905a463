import { Group, MultiSelect, Select, Stack, Text } from "@mantine/core";
import { asList, type End, type Graph, outputOf, readReference, setArgument } from "../model/graph";
import { type Block, type Blocks, colourOf, kindBeside, kindWords, type Port } from "../model/palette";
import { outputsThatFit, titleOf } from "../model/wiring";
import { edit, say, useEditor } from "../state/store";
import { fieldId } from "./Field";
import { problemsAt, problemWords } from "./forms";
import classes from "./Inspector.module.css";

/** Where each input comes from: wires without a mouse. */
export function Inputs({ name, block }: { name: string; block: Block }) {
  return (
    <Stack gap="sm">
      {block.inputs.map((port) => (
        <InputField key={port.name} name={name} port={port} />
      ))}
    </Stack>
  );
}

const refer = (end: End): string => `${end.block}.${end.port}`;

function labelOf(blocks: Blocks, graph: Graph, reference: string): string {
  const [block = "", port = ""] = reference.split(".");
  return `${titleOf(blocks, graph, block)} (${block}): ${outputOf(blocks, graph, { block, port })?.title || port}`;
}

function InputField({ name, port }: { name: string; port: Port }) {
  const blocks = useEditor((state) => state.blocks);
  const graph = useEditor((state) => state.graph);
  const problems = useEditor((state) => state.problemsOf[name]);
  if (!blocks) return null;
  const now = asList(graph.blocks[name]?.[port.name]).map((text) => {
    const end = readReference(blocks, graph, text);
    return end ? refer(end) : String(text);
  });
  const fitting = outputsThatFit(blocks, graph, { block: name, port: port.name }).map(refer);
  const data = [...new Set([...fitting, ...now])].map((value) => ({ value, label: labelOf(blocks, graph, value) }));
  const change = (chosen: string[]) => {
    const value = chosen.length > 1 || (port.many && chosen.length) ? chosen : chosen[0];
    edit((before) => setArgument(before, name, port.name, value));
    say(
      chosen.length ? `${name}, ${port.name}, comes from ${chosen.join(" and ")}.` : `${name}, ${port.name}, is free.`,
    );
  };
  const input = {
    id: fieldId(name, port.name),
    label: <PortLabel blocks={blocks} port={port} />,
    description: port.help,
    error: problemWords(problemsAt(problems, port.name)) || undefined,
    data,
    placeholder: data.length ? "comes from…" : `add a block that gives ${kindWords(port)}`,
    clearable: true,
    searchable: data.length > 8,
  };
  return port.many ? (
    <MultiSelect {...input} value={now} onChange={change} hidePickedOptions />
  ) : (
    <Select {...input} value={now[0] ?? null} onChange={(value) => change(value ? [value] : [])} />
  );
}

function PortLabel({ blocks, port }: { blocks: Blocks; port: Port }) {
  return (
    <Group component="span" gap={6} wrap="nowrap" display="inline-flex">
      <span className={classes.dot} style={{ background: colourOf(blocks, port) }} aria-hidden />
      {port.title || port.name}
      <Text span size="xs" c="dimmed" fw={400}>
        {[kindBeside(port), !port.required && "optional"].filter(Boolean).join(", ")}
      </Text>
    </Group>
  );
}
