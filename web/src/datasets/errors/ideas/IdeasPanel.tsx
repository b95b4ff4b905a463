/** What each idea would win: its share, ceiling and price, side by side. */

import { Alert, Anchor, Skeleton, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { counted } from "../../../shared/format";
import { Problems } from "../../../shared/problems";
import { useMay } from "../../../shared/session";
import type { Dataset } from "../../types";
import classes from "../errors.module.css";
import { useIdeas } from "../queries";
import { leftBefore, outOfTurn } from "../tagging/tags";
import type { Saying } from "../tagging/useSaying";
import type { Mistake, Study } from "../types";
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
          <OutOfTurn mistakes={saying.mistakes} to={`/datasets/${dataset.id}/errors/${study.id}/tag`} />
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

/** Says when shares lean: a group was tagged, and the others were not looked at. */
function OutOfTurn({ mistakes, to }: { mistakes: Mistake[]; to: string }) {
  const picked = outOfTurn(mistakes);
  if (!picked) return null;
  return (
    <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} mt="sm" py={8} role="status">
      {counted(picked, "mistake was", "mistakes were")} tagged out of turn, so that these shares lean towards what was
      picked out. They are right again when{" "}
      <Anchor component={Link} to={to} inherit underline="always">
        the {counted(leftBefore(mistakes), "other mistake")} before them
      </Anchor>{" "}
      {leftBefore(mistakes) === 1 ? "is" : "are"} looked at too.
    </Alert>
  );
}
