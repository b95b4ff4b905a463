/** The recipe as a file has it: to copy out, and to paste in. */

import { Button, Code, CopyButton, Group, Modal, Stack, Text, Textarea, Title } from "@mantine/core";
import { IconCheck, IconClipboard, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { Problems } from "../../shared/problems";
import classes from "./augment.module.css";
import { type Recipe, recipeOf } from "./recipe";
import type { Form } from "./types";

type Props = {
  text: string;
  recipe: Recipe;
  forms: Form[];
  onChange: (change: (recipe: Recipe) => Recipe) => void;
};

export function RecipeText({ text, recipe, forms, onChange }: Props) {
  const [pasting, setPasting] = useState(false);
  const options = Object.keys(recipe.options);
  return (
    <section aria-label="As a file">
      <Group justify="space-between" mb={6}>
        <Title order={3}>As a file (YAML)</Title>
        <Group gap="xs">
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button
                size="xs"
                variant="default"
                leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
                disabled={!text}
                onClick={copy}
              >
                {copied ? "Copied" : "Copy"}
              </Button>
            )}
          </CopyButton>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconClipboard size={15} />}
            onClick={() => setPasting(true)}
          >
            Paste
          </Button>
        </Group>
      </Group>
      {options.length > 0 && (
        <Text size="sm" mb={4} role="status">
          What was pasted also sets {options.join(", ")} for all steps. That is not tried here, and not in this text:
          put it back into your file.
        </Text>
      )}
      {text && (
        <Code block className={classes.text} tabIndex={0}>
          {text}
        </Code>
      )}
      <Modal opened={pasting} onClose={() => setPasting(false)} title="Paste a recipe" size="lg">
        {pasting && (
          <Paste
            forms={forms}
            onTake={(found) => {
              onChange(() => found);
              setPasting(false);
            }}
          />
        )}
      </Modal>
    </section>
  );
}

const EXAMPLE = "steps:\n  - {use: flip, chance: 0.5}\n  - {use: rotate, by: 10}";

function Paste({ forms, onTake }: { forms: Form[]; onTake: (recipe: Recipe) => void }) {
  const [text, setText] = useState("");
  const [error, setError] = useState<Error | null>(null);
  const take = async () => {
    try {
      onTake(recipeOf(await parsed(text), forms));
    } catch (problem) {
      setError(problem as Error);
    }
  };
  return (
    <Stack gap="sm">
      <Textarea
        label="YAML or JSON"
        placeholder={EXAMPLE}
        rows={12}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
      <Problems error={error} />
      <Group justify="flex-end">
        <Button disabled={!text.trim()} onClick={() => void take()}>
          Take it
        </Button>
      </Group>
    </Stack>
  );
}

/** What a text holds; the reader of YAML is fetched when it is needed. */
async function parsed(text: string): Promise<unknown> {
  const { load, JSON_SCHEMA } = await import("js-yaml");
  try {
    return load(text, { schema: JSON_SCHEMA });
  } catch (error) {
    throw new Error(`this cannot be read as YAML: ${String((error as { reason?: string }).reason ?? error)}`);
  }
}
