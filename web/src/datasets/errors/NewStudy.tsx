/** A new study: a table of predictions, and how many mistakes are drawn. */

import { Anchor, Button, FileInput, Group, Modal, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { IconFileTypeCsv } from "@tabler/icons-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { Problems } from "../../shared/problems";
import type { Dataset } from "../types";
import { Example } from "./Example";
import { useBeginStudy } from "./queries";
import { range, wilson } from "./words";

type Props = { dataset: Dataset; opened: boolean; onClose: () => void };
const ABOUT = 100;

export function NewStudy({ dataset, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="New study of mistakes" size="lg">
      {opened && <Form dataset={dataset} onClose={onClose} />}
    </Modal>
  );
}

function Form({ dataset, onClose }: Omit<Props, "opened">) {
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState("");
  const [draw, setDraw] = useState<number | string>(ABOUT);
  const [seed, setSeed] = useState<number | string>(0);
  const [example, setExample] = useState(false);
  const begin = useBeginStudy(dataset.id);
  const navigate = useNavigate();
  const count = Number(draw) || ABOUT;
  const called = name.trim() || (file?.name ?? "").replace(/\.\w+$/, "");
  const go = () => {
    if (!file) return;
    begin.mutate(
      { file, name: called.slice(0, 150) || "Study", draw: count, seed: Number(seed) || 0 },
      { onSuccess: (study) => navigate(`/datasets/${dataset.id}/errors/${study.id}`) },
    );
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <Stack gap="sm">
        <FileInput
          label="Predictions"
          description="CSV: item, truth, prediction, and any more columns; all answers, the right ones too."
          placeholder="Choose a file"
          accept=".csv,text/csv"
          leftSection={<IconFileTypeCsv size={18} aria-hidden />}
          value={file}
          onChange={setFile}
          clearable
          clearButtonProps={{ "aria-label": "Another file" }}
          data-autofocus
        />
        <Anchor
          component="button"
          type="button"
          size="sm"
          ta="left"
          onClick={() => setExample(!example)}
          aria-expanded={example}
        >
          {example ? "Hide the example" : "What does such a file look like?"}
        </Anchor>
        {example && <Example dataset={dataset} />}
        <TextInput
          label="Name"
          placeholder={called || "For example: the model and the date"}
          value={name}
          maxLength={150}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group align="flex-start" grow>
          <NumberInput
            label="Mistakes to draw"
            min={1}
            max={2000}
            allowDecimal={false}
            value={draw}
            onChange={setDraw}
          />
          <NumberInput label="Seed" min={0} max={2 ** 31} allowDecimal={false} value={seed} onChange={setSeed} />
        </Group>
        <Text size="sm" c="dimmed" role="status">
          {why(count)}
        </Text>
        <Problems error={begin.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!file} loading={begin.isPending}>
            Draw mistakes
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What so many drawn mistakes can tell. */
export function why(count: number): string {
  const told = (among: number) => range(...wilson(0.2 * among, among), 0);
  const here = `A tag on 20 % of ${count} stands for ${told(count)} of all mistakes (95 % interval).`;
  const more = count < 250 ? ` With ${4 * count} it would be ${told(4 * count)}, for four times the work.` : "";
  return `${here}${more} The same seed draws the same mistakes; a larger draw begins with the smaller one.`;
}
