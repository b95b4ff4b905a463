/** Step 2: what the model is, and who made it. */

import { Button, Group, Radio, Stack, Text, Textarea, TextInput } from "@mantine/core";
import classes from "./drop.module.css";
import type { Wizard } from "./useWizard";
import { missingOf, withFamily } from "./wizard";
import { taskTitle } from "./words";

const LICENCES = ["Apache-2.0", "MIT", "BSD-3-Clause", "CC-BY-4.0", "CC0-1.0", "Proprietary"];

type Props = { wizard: Wizard; onBack: () => void; onNext: () => void };

export function IdentityStep({ wizard, onBack, onNext }: Props) {
  const next = () => {
    const missing = missingOf(wizard.card);
    wizard.setProblems(missing);
    if (!missing.length) onNext();
  };
  const field = (path: string) => ({
    value: wizard.text(path),
    error: wizard.error(path),
    onChange: (event: { currentTarget: { value: string } }) => wizard.set(path, event.currentTarget.value),
  });
  return (
    <Stack gap="lg">
      <Families wizard={wizard} />
      <TextInput
        label="Name"
        description="As pipelines will call it: letters, digits and . _ + - only"
        required
        maxLength={120}
        {...field("name")}
      />
      <div>
        <TextInput
          label="Licence of the weights"
          description="Its short name (SPDX). Pipelines and results show it, so that nobody uses the model against its terms."
          required
          {...field("licence")}
        />
        <Group gap={6} mt={6} role="group" aria-label="Usual licences">
          {LICENCES.map((licence) => (
            <Button key={licence} size="compact-xs" variant="default" onClick={() => wizard.set("licence", licence)}>
              {licence}
            </Button>
          ))}
        </Group>
      </div>
      <TextInput
        label="Source"
        description="Where the file comes from: an address or a few words"
        {...field("source")}
      />
      <TextInput label="Reference" description="The paper or page that describes it" {...field("reference")} />
      <Textarea
        label="Note"
        description="Anything that one must know before using it"
        autosize
        minRows={2}
        {...field("note")}
      />
      <Group justify="space-between">
        <Button variant="default" onClick={onBack}>
          Back
        </Button>
        <Button onClick={next}>Next</Button>
      </Group>
    </Stack>
  );
}

function Families({ wizard }: { wizard: Wizard }) {
  const choose = (name: string) => {
    const family = wizard.draft?.families.find((one) => one.name === name);
    const task = family?.task ?? wizard.value("task");
    wizard.change({ ...withFamily(wizard.card, name, wizard.draft?.outputs ?? []), task }, "family", "task");
  };
  return (
    <Radio.Group
      label="How its outputs are read"
      description="Guessed from the shapes of its inputs and outputs; correct it if the guess is wrong"
      value={wizard.text("family")}
      onChange={choose}
      error={wizard.error("family") ?? wizard.error("task")}
    >
      <Stack gap={6} mt={8}>
        {(wizard.draft?.families ?? []).map((family) => (
          <Radio.Card key={String(family.name)} value={String(family.name)} className={classes.family}>
            <Group wrap="nowrap" align="flex-start" gap="sm">
              <Radio.Indicator mt={3} />
              <div>
                <Text fw={550} size="sm">
                  {String(family.title ?? family.name)} · {taskTitle(String(family.task ?? "")).toLowerCase()}
                </Text>
                {Boolean(family.help) && (
                  <Text size="sm" c="dimmed">
                    {String(family.help)}
                  </Text>
                )}
              </div>
            </Group>
          </Radio.Card>
        ))}
      </Stack>
    </Radio.Group>
  );
}
