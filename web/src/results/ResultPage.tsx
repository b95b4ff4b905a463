/** One result: the annotated video beside its plots, tables, events and files, all on one clock. */

import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useParams, useSearchParams } from "react-router";
import { PageProblem } from "../shared/PageProblem";
import { Clock } from "./clock";
import { type Result, resultQuery } from "./queries";
import { ResultHead } from "./ResultHead";
import { ResultView } from "./ResultView";
import { momentIn } from "./time";
import { useLength } from "./useLength";

export default function ResultPage() {
  const { id = "" } = useParams();
  const answer = useQuery(resultQuery(id));
  if (answer.isError) {
    const again = () => answer.refetch();
    return <PageProblem error={answer.error} onRetry={again} what="result" to="/runs" all="See all runs" />;
  }
  if (!answer.data) return <Waiting />;
  // A new result is a new page: nothing of the one before may stay.
  return <Loaded key={id} result={answer.data} />;
}

function Waiting() {
  return (
    <>
      <Skeleton h={36} w={320} mb="xl" />
      <Skeleton h={420} />
    </>
  );
}

function Loaded({ result }: { result: Result }) {
  const seconds = useLength(result);
  if (seconds === null) return <Waiting />;
  return <WithClock result={result} seconds={seconds} />;
}

function WithClock({ result, seconds }: { result: Result; seconds: number }) {
  const [search] = useSearchParams();
  const [first] = useState(() => momentIn(search));
  const { start, fps } = result;
  const clock = useMemo(() => new Clock(start, seconds, fps), [start, seconds, fps]);
  useEffect(() => {
    if (first !== null) clock.seek(first);
  }, [clock, first]);
  return (
    <>
      <ResultHead result={result} clock={clock} />
      <ResultView result={result} clock={clock} />
    </>
  );
}
