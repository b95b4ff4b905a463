/** Step 3: how a picture becomes the network's input, and how its outputs are read. */

import { Alert, Button, Grid, Group, NumberInput, Select, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { ApiError, api, must, sentence } from "../api/client";
import { Problems } from "../shared/problems";
import { ClassesField } from "./ClassesField";
import { DecodingFields } from "./DecodingFields";
import { ScaleField } from "./ScaleField";
import type { Wizard } from "./useWizard";
import { type Card, homeless, stepOf } from "./wizard";

// Fields of this page, beside which their problems stand.
const FIELDS = ["width", "height", "layout", "colour", "fit", "anchor", "pad", "scale", "mean", "std"].map(
  (name) => `geometry.${name}`,
);
const PARTS = [
  "boxes",
  "scores",
  "classes",
  "combined",
  "columns",
  "transposed",
  "box",
  "normalised",
  "activation",
  "first_class",
  "nms",
];
const SHOWN = [...FIELDS, ...PARTS.map((name) => `decoding.${name}`), "classes", "threshold"];

type Props = { wizard: Wizard; onBack: () => void; onNext: (step: number) => void };

export function GeometryStep({ wizard, onBack, onNext }: Props) {
  const save = useMutation({
    mutationFn: (card: Card) =>
      must(
        api.PUT("/api/drafts/{draft_id}/card", {
          params: { path: { draft_id: wizard.draft?.id ?? "" } },
          body: { card },
        }),
      ),
    onSuccess: (draft) => {
      wizard.take(draft);
      onNext(3);
    },
    onError: (error) => {
      if (!(error instanceof ApiError)) return;
      wizard.setProblems(error.problems);
      if (stepOf(error.problems) === 1) onNext(1);
    },
  });
  const detector = wizard.text("task") === "detection";
  const rest = homeless(wizard.problems, SHOWN);
  return (
    <Stack gap="lg">
      <Size wizard={wizard} />
      <Filling wizard={wizard} />
      <Values wizard={wizard} />
      {wizard.value("decoding") !== undefined && wizard.value("decoding") !== null && (
        <DecodingFields wizard={wizard} />
      )}
      {(detector || wizard.text("task") === "classification") && <ClassesField wizard={wizard} />}
      {detector && (
        <NumberInput
          label="Recommended threshold"
          description="Detections with a lower score are left out, unless a pipeline says otherwise"
          min={0}
          max={1}
          step={0.05}
          w={240}
          value={Number(wizard.value("threshold") ?? 0.35)}
          error={wizard.error("threshold")}
          onChange={(value) => wizard.set("threshold", value)}
        />
      )}
      {rest.length > 0 && (
        <Alert color="red" icon={<IconAlertTriangle aria-hidden />} role="alert">
          {rest.map((problem) => (
            <Text key={`${problem.port} ${problem.what}`} size="sm">
              {problem.port ? `${problem.port}: ` : ""}
              {sentence(problem)}
            </Text>
          ))}
        </Alert>
      )}
      {save.error && !(save.error instanceof ApiError) && <Problems error={save.error} />}
      <Group justify="space-between">
        <Button variant="default" onClick={onBack}>
          Back
        </Button>
        <Button onClick={() => save.mutate(wizard.card)} loading={save.isPending}>
          Next
        </Button>
      </Group>
    </Stack>
  );
}

type Part = { wizard: Wizard };

function Size({ wizard }: Part) {
  const size = (name: "width" | "height", label: string) => (
    <Grid.Col span={{ base: 6, sm: 3 }}>
      <NumberInput
        label={label}
        suffix=" px"
        min={1}
        max={8192}
        allowDecimal={false}
        value={Number(wizard.value(`geometry.${name}`) ?? 640)}
        error={wizard.error(`geometry.${name}`)}
        onChange={(value) => wizard.set(`geometry.${name}`, value)}
      />
    </Grid.Col>
  );
  return (
    <section>
      <Title order={2} mb={4}>
        Input
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        The size and order in which the network takes a picture. Read from the file where it says so.
      </Text>
      <Grid>
        {size("width", "Width")}
        {size("height", "Height")}
        <Choice wizard={wizard} path="geometry.layout" label="Order of the axes" usual="NCHW">
          {[
            ["NCHW", "channels first (NCHW)"],
            ["NHWC", "channels last (NHWC)"],
          ]}
        </Choice>
        <Choice wizard={wizard} path="geometry.colour" label="Order of the colours" usual="RGB">
          {[
            ["RGB", "red, green, blue"],
            ["BGR", "blue, green, red (OpenCV)"],
          ]}
        </Choice>
      </Grid>
    </section>
  );
}

function Filling({ wizard }: Part) {
  const boxed = (wizard.text("geometry.fit") || "letterbox") === "letterbox";
  return (
    <section>
      <Title order={2} mb="xs">
        Pictures of another shape
      </Title>
      <Grid>
        <Choice wizard={wizard} path="geometry.fit" label="Are" usual="letterbox">
          {[
            ["letterbox", "kept in shape, the rest filled"],
            ["stretch", "stretched to fill it"],
            ["crop", "cut to their middle"],
          ]}
        </Choice>
        {boxed && (
          <>
            <Choice wizard={wizard} path="geometry.anchor" label="Lie" usual="top-left">
              {[
                ["top-left", "in the top left corner"],
                ["centre", "in the centre"],
              ]}
            </Choice>
            <Grid.Col span={{ base: 6, sm: 3 }}>
              <NumberInput
                label="Filled with grey"
                min={0}
                max={255}
                allowDecimal={false}
                value={Number(wizard.value("geometry.pad") ?? 114)}
                error={wizard.error("geometry.pad")}
                onChange={(value) => wizard.set("geometry.pad", value)}
              />
            </Grid.Col>
          </>
        )}
      </Grid>
    </section>
  );
}

function Values({ wizard }: Part) {
  return (
    <section>
      <Title order={2} mb={4}>
        Values
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        Each pixel value becomes (value × scale − mean) ÷ standard deviation, a channel at a time.
      </Text>
      <ScaleField wizard={wizard} />
    </section>
  );
}

type ChoiceProps = Part & { path: string; label: string; usual: string; children: string[][] };

function Choice({ wizard, path, label, usual, children }: ChoiceProps) {
  return (
    <Grid.Col span={{ base: 12, sm: 6 }}>
      <Select
        label={label}
        data={children.map(([value = "", words = ""]) => ({ value, label: words }))}
        value={wizard.text(path) || usual}
        error={wizard.error(path)}
        onChange={(value) => value && wizard.set(path, value)}
        allowDeselect={false}
      />
    </Grid.Col>
  );
}
