/** Scale, mean and standard deviation of the pixel values: the usual ones by name, or numbers. */

import { Grid, Group, NumberInput, Select, Text } from "@mantine/core";
import type { Wizard } from "./useWizard";

type Values = { scale: number; mean: number[]; std: number[] };

const NONE: Values = { scale: 1, mean: [0, 0, 0], std: [1, 1, 1] };
const USUAL: Record<string, { label: string; values: Values }> = {
  raw: { label: "0 to 255, as they are", values: NONE },
  one: { label: "0 to 1", values: { ...NONE, scale: 1 / 255 } },
  signed: { label: "−1 to 1", values: { scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } },
  imagenet: {
    label: "ImageNet's mean and deviation",
    values: { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  },
};

/** The name of usual values; "own" for all others. */
export function usualName(given: Values): string {
  const near = (one: number, other: number) => Math.abs(one - other) < 1e-6;
  const same = (one: number[], other: number[]) => one.every((value, at) => near(value, other[at] ?? Number.NaN));
  const found = Object.entries(USUAL).find(
    ([, { values }]) => near(values.scale, given.scale) && same(values.mean, given.mean) && same(values.std, given.std),
  );
  return found?.[0] ?? "own";
}

export function ScaleField({ wizard }: { wizard: Wizard }) {
  const list = (path: string, other: number[]) => {
    const value = wizard.value(path);
    return Array.isArray(value) ? value.map(Number) : other;
  };
  const values: Values = {
    scale: Number(wizard.value("geometry.scale") ?? 1),
    mean: list("geometry.mean", NONE.mean),
    std: list("geometry.std", NONE.std),
  };
  const write = (next: Values) => {
    const geometry = (wizard.value("geometry") ?? {}) as Record<string, unknown>;
    const paths = ["geometry.scale", "geometry.mean", "geometry.std"];
    wizard.change({ ...wizard.card, geometry: { ...geometry, ...next } }, ...paths);
  };
  return (
    <Grid>
      <Grid.Col span={{ base: 12, sm: 6 }}>
        <Select
          label="Usual ranges"
          data={[
            ...Object.entries(USUAL).map(([value, { label }]) => ({ value, label })),
            { value: "own", label: "Other numbers (below)" },
          ]}
          value={usualName(values)}
          onChange={(name) => name && USUAL[name] && write(USUAL[name].values)}
          allowDeselect={false}
        />
      </Grid.Col>
      <Grid.Col span={{ base: 12, sm: 6 }}>
        <NumberInput
          label="Scale"
          decimalScale={8}
          step={0.01}
          value={values.scale}
          error={wizard.error("geometry.scale")}
          onChange={(scale) => write({ ...values, scale: Number(scale) })}
        />
      </Grid.Col>
      {(["mean", "std"] as const).map((name) => (
        <Grid.Col key={name} span={{ base: 12, sm: 6 }}>
          <Text size="sm" fw={500} mb={4}>
            {name === "mean" ? "Mean" : "Standard deviation"}
          </Text>
          <Group gap={6} wrap="nowrap">
            {values[name].map((value, at) => (
              <NumberInput
                // biome-ignore lint/suspicious/noArrayIndexKey: channels are known by their number
                key={at}
                aria-label={`${name === "mean" ? "Mean" : "Standard deviation"} of channel ${at + 1}`}
                decimalScale={6}
                step={0.01}
                hideControls
                value={value}
                error={Boolean(wizard.error(`geometry.${name}`))}
                onChange={(next) =>
                  write({ ...values, [name]: values[name].map((old, n) => (n === at ? Number(next) : old)) })
                }
              />
            ))}
          </Group>
          {wizard.error(`geometry.${name}`) && (
            <Text size="xs" c="var(--mantine-color-error)" mt={4} role="alert">
              {wizard.error(`geometry.${name}`)}
            </Text>
          )}
        </Grid.Col>
      ))}
    </Grid>
  );
}
