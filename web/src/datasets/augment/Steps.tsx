/** The steps of the recipe in their order; moved by dragging or by keys. */

import { Button, Group, Text, Title } from "@mantine/core";
import { useRef, useState } from "react";
import { counted } from "../../shared/format";
import classes from "./augment.module.css";
import { changed, EMPTY, moved, type Recipe, removed } from "./recipe";
import { StepCard } from "./StepCard";
import type { Form, Tried } from "./types";

type Props = {
  recipe: Recipe;
  forms: Form[];
  warnings: Tried["warnings"];
  onChange: (change: (recipe: Recipe) => Recipe) => void;
};

export function Steps({ recipe, forms, warnings, onChange }: Props) {
  const [dragged, setDragged] = useState<number | null>(null);
  const [told, setTold] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const move = (id: number, to: number) => {
    onChange((now) => moved(now, id, to));
    setTold(`Now step ${Math.min(Math.max(0, to), recipe.steps.length - 1) + 1} of ${recipe.steps.length}`);
    // The focus goes with the step.
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-grip="${id}"]`)?.focus());
  };
  return (
    <section aria-label="Recipe">
      <Group justify="space-between" mb="xs">
        <Title order={3}>The recipe</Title>
        {recipe.steps.length > 0 && (
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange(() => EMPTY)}>
            Clear
          </Button>
        )}
      </Group>
      {recipe.steps.length === 0 && (
        <Text size="sm" className={classes.hint}>
          No step yet. Add one above: flips and small turns are a good beginning for photographs.
        </Text>
      )}
      <ol className={classes.steps} ref={list} aria-label={counted(recipe.steps.length, "step")}>
        {recipe.steps.map((step, place) => (
          <StepCard
            key={step.id}
            step={step}
            place={place}
            last={recipe.steps.length - 1}
            form={forms.find((one) => one.name === step.use)}
            warnings={warnings.filter((one) => Number(one.step) === place + 1 && one.use === step.use)}
            dragged={dragged === step.id}
            onDrag={setDragged}
            onDropHere={() => dragged !== null && move(dragged, place)}
            onMove={(to) => move(step.id, to)}
            onRemove={() => onChange((now) => removed(now, step.id))}
            onChange={(change) => onChange((now) => changed(now, step.id, change))}
          />
        ))}
      </ol>
      <span className={classes.told} role="status">
        {told}
      </span>
    </section>
  );
}
