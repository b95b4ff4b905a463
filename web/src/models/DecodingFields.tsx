/** How the outputs of an unknown detector are read. */

import { Grid, SegmentedControl, Select, Switch, Text, Title } from "@mantine/core";
import type { Wizard } from "./useWizard";
import { guessDecoding } from "./wizard";

type Part = { wizard: Wizard };

export function DecodingFields({ wizard }: Part) {
  const names = (wizard.draft?.outputs ?? []).map((output) => String(output.name));
  const combined = typeof wizard.value("decoding.combined") === "string";
  const arrange = (how: string) => {
    const old = (wizard.value("decoding") ?? {}) as Record<string, unknown>;
    const { combined: _1, boxes: _2, scores: _3, classes: _4, ...rest } = old;
    const guess = how === "combined" ? { combined: names[0] ?? "" } : guessDecoding([...names, names[0] ?? ""]);
    wizard.change({ ...wizard.card, decoding: { ...rest, ...guess } }, "decoding");
  };
  return (
    <section>
      <Title order={2} mb="xs">
        Outputs
      </Title>
      <SegmentedControl
        aria-label="Where boxes and scores are"
        data={[
          { value: "combined", label: "All in one output" },
          { value: "apart", label: "Boxes and scores apart" },
        ]}
        value={combined ? "combined" : "apart"}
        onChange={arrange}
        mb="sm"
      />
      {wizard.error("decoding") && (
        <Text size="sm" c="var(--mantine-color-error)" mb="xs" role="alert">
          {wizard.error("decoding")}
        </Text>
      )}
      <Grid>
        {combined ? <Combined wizard={wizard} names={names} /> : <Apart wizard={wizard} names={names} />}
        <Choice wizard={wizard} name="box" label="The four numbers of a box" usual="xyxy">
          {[
            ["xyxy", "two corners (x1, y1, x2, y2)"],
            ["cxcywh", "centre, width and height"],
            ["xywh", "corner, width and height"],
          ]}
        </Choice>
        <Choice wizard={wizard} name="activation" label="Scores are" usual="none">
          {[
            ["none", "probabilities already"],
            ["sigmoid", "raw (a sigmoid makes them probabilities)"],
          ]}
        </Choice>
        <Choice wizard={wizard} name="first_class" label="Class numbers begin at" usual="0">
          {[
            ["0", "0"],
            ["1", "1 (0 is the background)"],
          ]}
        </Choice>
      </Grid>
      <Grid mt="sm">
        <Yes wizard={wizard} name="normalised" label="Boxes are fractions of the input" help="Not pixels: 0 to 1" />
        <Yes wizard={wizard} name="transposed" label="Turned over" help="Columns first: [1, columns, n]" />
        <Yes
          wizard={wizard}
          name="nms"
          label="Duplicates are gone already"
          help="The network ends with non-maximum suppression"
        />
      </Grid>
    </section>
  );
}

function Combined({ wizard, names }: Part & { names: string[] }) {
  return (
    <>
      <Output wizard={wizard} name="combined" label="Output" names={names} />
      <Choice wizard={wizard} name="columns" label="After the box comes" usual="scores">
        {[
          ["scores", "one score a class"],
          ["objectness+scores", "an objectness, then one score a class"],
          ["score+class", "one score and a class number"],
        ]}
      </Choice>
    </>
  );
}

function Apart({ wizard, names }: Part & { names: string[] }) {
  return (
    <>
      <Output wizard={wizard} name="boxes" label="Output with the boxes" names={names} />
      <Output wizard={wizard} name="scores" label="Output with the scores" names={names} />
      <Output wizard={wizard} name="classes" label="Output with class numbers (if any)" names={names} optional />
    </>
  );
}

type OutputProps = Part & { name: string; label: string; names: string[]; optional?: boolean };

function Output({ wizard, name, label, names, optional }: OutputProps) {
  const path = `decoding.${name}`;
  return (
    <Grid.Col span={{ base: 12, sm: 6 }}>
      <Select
        label={label}
        data={[...new Set(names)]}
        value={wizard.text(path) || null}
        error={wizard.error(path)}
        onChange={(value) => wizard.set(path, value)}
        clearable={optional}
        allowDeselect={false}
      />
    </Grid.Col>
  );
}

type ChoiceProps = Part & { name: string; label: string; usual: string; children: string[][] };

function Choice({ wizard, name, label, usual, children }: ChoiceProps) {
  const path = `decoding.${name}`;
  const number = name === "first_class";
  return (
    <Grid.Col span={{ base: 12, sm: 6 }}>
      <Select
        label={label}
        data={children.map(([value = "", words = ""]) => ({ value, label: words }))}
        value={wizard.text(path) || usual}
        error={wizard.error(path)}
        onChange={(value) => value && wizard.set(path, number ? Number(value) : value)}
        allowDeselect={false}
      />
    </Grid.Col>
  );
}

function Yes({ wizard, name, label, help }: Part & { name: string; label: string; help: string }) {
  return (
    <Grid.Col span={{ base: 12, sm: 6 }}>
      <Switch
        label={label}
        description={help}
        checked={wizard.value(`decoding.${name}`) === true}
        onChange={(event) => wizard.set(`decoding.${name}`, event.currentTarget.checked)}
      />
    </Grid.Col>
  );
}
