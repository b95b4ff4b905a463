/** What each idea would win: its share, ceiling and price, side by side. */

import { Skeleton, Text, Title } from "@mantine/core";
import { useState } from "react";
import { Problems } from "../../../shared/problems";
import { useMay } from "../../../shared/session";
import type { Dataset } from "../../types";
import classes from "../errors.module.css";
import { useIdeas } from "../queries";
import type { Saying } from "../tagging/useSaying";
import type { Study } from "../types";
import { share } from "../words";
import { IdeasPlot } from "./IdeasPlot";
import { IdeasTable } from "./IdeasTable";

type Props = { dataset: Dataset; study: Study; saying: Saying };

export function IdeasPanel({ dataset, study, saying }: Props) {
  const [chosen, setChosen] = useState<string[]>([]);
  const mayChange = useMay("analyst");
  // A tag that is gone is chosen no more.
  const together = chosen.filter((tag) => saying.tags.includes(tag));
  const answer = useIdeas(dataset.id, study.id, together.length > 1 ? together : []);
  const ideas = answer.data?.ideas ?? [];
  const seen = saying.mistakes.filter((one) => one.seen);
  const untagged = seen.filter((one) => one.tags.length === 0).length;
  return (
    <section aria-label="Ideas">
      <Title order={2}>What would each idea win?</Title>
      <Text size="sm" c="dimmed" mb="sm" maw={820}>
        The ceiling is the error rate if every mistake of a tag were solved and none came new. The bar is its 95 %
        interval: it accounts for how few mistakes were looked at and how small the test set is.
      </Text>
      <Problems error={answer.error} onRetry={() => answer.refetch()} />
      {answer.isPending && <Skeleton h={160} />}
      {answer.data && ideas.length === 0 && (
        <Text size="sm" className={classes.hint}>
          {seen.length
            ? "None of the mistakes that were looked at has a tag yet."
            : "Nothing is tagged yet. Go through the drawn mistakes and say why each happened: an hour is enough."}
        </Text>
      )}
      {ideas.length > 0 && (
        <>
          <IdeasTable
            {...{ dataset, study, ideas, mayChange }}
            together={answer.data?.together ?? null}
            chosen={together}
            onChoose={setChosen}
          />
          {untagged > 0 && (
            <Text size="sm" c="dimmed" mt="xs">
              {share(untagged / seen.length, 0)} of the mistakes that were looked at have no tag: no idea helps them.
            </Text>
          )}
          <IdeasPlot ideas={ideas} />
        </>
      )}
    </section>
  );
}
