/** Two results side by side: both videos on one clock, what was set otherwise, numbers, and plots over each other. */

import { Skeleton, Stack } from "@mantine/core";
import { IconArrowsLeftRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useSearchParams } from "react-router";
import { runQuery } from "../runs/queries";
import { EmptyState } from "../shared/EmptyState";
import { PageHeader } from "../shared/PageHeader";
import { Problems } from "../shared/problems";
import { CompareView } from "./CompareView";
import classes from "./compare.module.css";
import { compareQuery, itemFor } from "./comparing";
import { SidePicker } from "./SidePicker";

export default function ComparePage() {
  const [search, setSearch] = useSearchParams();
  useRunsInAddress();
  const [left, right] = [search.get("left") ?? "", search.get("right") ?? ""];
  const choose = (side: "left" | "right") => (id: string) =>
    setSearch((old) => {
      old.set(side, id);
      return old;
    });
  return (
    <>
      <PageHeader
        title="Compare two results"
        subtitle="The same video with other settings, or two videos with the same ones."
      />
      <div className={classes.pickers}>
        <SidePicker mark="A" label="Left" id={left} onChoose={choose("left")} />
        <SidePicker mark="B" label="Right" id={right} onChoose={choose("right")} />
      </div>
      {left && right ? <Both left={left} right={right} /> : <Nothing />}
    </>
  );
}

/** `?left_run=` and `?right_run=` become results: of both runs the same video, if there is one. */
function useRunsInAddress(): void {
  const [search, setSearch] = useSearchParams();
  const [leftRun, rightRun] = [search.get("left_run") ?? "", search.get("right_run") ?? ""];
  const left = useQuery({ ...runQuery(leftRun), enabled: leftRun !== "" }).data;
  const right = useQuery({ ...runQuery(rightRun), enabled: rightRun !== "" }).data;
  useEffect(() => {
    const waiting = (leftRun && !left) || (rightRun && !right);
    if ((!leftRun && !rightRun) || waiting) return;
    const first = left ? itemFor(left.items) : search.get("left");
    const video = left?.items.find((item) => item.id === first)?.video_id;
    const second = right ? itemFor(right.items, video) : search.get("right");
    const next = new URLSearchParams();
    if (first) next.set("left", first);
    if (second) next.set("right", second);
    setSearch(next, { replace: true });
  }, [leftRun, rightRun, left, right, search, setSearch]);
}

function Both({ left, right }: { left: string; right: string }) {
  const answer = useQuery(compareQuery(left, right));
  if (answer.isError) return <Problems error={answer.error} onRetry={() => answer.refetch()} />;
  if (!answer.data) {
    return (
      <Stack aria-busy="true">
        <Skeleton h={360} />
        <Skeleton h={160} />
      </Stack>
    );
  }
  return <CompareView key={`${left} ${right}`} comparison={answer.data} />;
}

function Nothing() {
  return (
    <EmptyState icon={IconArrowsLeftRight} title="Choose a result for each side">
      Pick two finished runs above. Their videos then play together, and their numbers and plots stand side by side.
    </EmptyState>
  );
}
