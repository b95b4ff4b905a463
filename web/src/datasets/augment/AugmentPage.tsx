/** A recipe of augmentation, and what it makes of the data set's own pictures. */

import { Skeleton, Text, Title } from "@mantine/core";
import { IconWand } from "@tabler/icons-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { EmptyState } from "../../shared/EmptyState";
import { Problems } from "../../shared/problems";
import { useMay } from "../../shared/session";
import { useSample } from "../errors/sample";
import { useThisDataset } from "../frame/DatasetFrame";
import type { Dataset } from "../types";
import classes from "./augment.module.css";
import { Palette } from "./Palette";
import { Preview } from "./Preview";
import { useForms, useTried } from "./queries";
import { RecipeText } from "./RecipeText";
import { added } from "./recipe";
import { Steps } from "./Steps";
import type { Form } from "./types";
import { useRecipe } from "./useRecipe";

export default function AugmentPage() {
  const dataset = useThisDataset();
  const forms = useForms();
  if (!useMay("analyst")) {
    return (
      <EmptyState icon={IconWand} title="Analysts try recipes here">
        Ask an administrator for the role of an analyst.
      </EmptyState>
    );
  }
  if (!dataset.readable) {
    return (
      <EmptyState icon={IconWand} title="The data set is not read yet">
        As soon as it is, recipes are tried on its own pictures here.
      </EmptyState>
    );
  }
  return (
    <div className={classes.page}>
      <Problems error={forms.error} onRetry={() => forms.refetch()} />
      {forms.isPending && <Skeleton h={320} />}
      {forms.data && <Bench key={dataset.id} dataset={dataset} forms={forms.data} />}
    </div>
  );
}

// Items that "another item" goes through.
const SAMPLE = 50;

function Bench({ dataset, forms }: { dataset: Dataset; forms: Form[] }) {
  const [recipe, change] = useRecipe(dataset.id);
  const [params, setParams] = useSearchParams();
  const [seed, setSeed] = useState(0);
  const rows = useSample(dataset, SAMPLE)?.rows ?? [];
  const asked = Number(params.get("row") ?? Number.NaN);
  const row = Number.isInteger(asked) && asked >= 0 ? asked : (rows[0] ?? 0);
  const tried = useTried(dataset, recipe, row, seed);
  const another = () => {
    const next = rows[(rows.indexOf(row) + 1) % Math.max(1, rows.length)];
    if (next !== undefined) setParams({ row: String(next) }, { replace: true });
  };
  return (
    <>
      <header>
        <Title order={2}>Augmentation</Title>
        <Text size="sm" c="dimmed" maw={820}>
          Put transforms together and see what they do to your own pictures. Where a step would break a label, it says
          so.
        </Text>
      </header>
      <div className={classes.bench}>
        <div className={classes.recipe}>
          <Palette forms={forms} onAdd={(form) => change((now) => added(now, form))} />
          <Steps recipe={recipe} forms={forms} warnings={tried.data?.warnings ?? []} onChange={change} />
          <RecipeText
            text={tried.error ? "" : (tried.data?.recipe_text ?? "")}
            recipe={recipe}
            forms={forms}
            onChange={change}
          />
        </div>
        <Preview
          tried={tried.data}
          stale={tried.stale}
          error={tried.error}
          empty={recipe.steps.length === 0}
          onAnother={another}
          onAgain={() => setSeed((before) => before + 1)}
        />
      </div>
    </>
  );
}
