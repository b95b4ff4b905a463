/** Recorded trainings side by side; which ones stands in the address, so that the page can be shared. */

import { Anchor, Breadcrumbs, Button, Skeleton, Stack } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconArrowsLeftRight, IconShare2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { EmptyState } from "../shared/EmptyState";
import { counted } from "../shared/format";
import { PageHeader } from "../shared/PageHeader";
import { notifyDone, Problems } from "../shared/problems";
import { useLinkReach } from "../shared/session";
import { CompareView } from "./CompareView";
import { compareQuery } from "./queries";

export default function ComparePage() {
  const [search, setSearch] = useSearchParams();
  const runs = [...new Set((search.get("runs") ?? "").split(",").filter(Boolean))];
  const drop = (id: string) => setSearch({ runs: runs.filter((other) => other !== id).join(",") });
  return (
    <>
      <PageHeader
        title={runs.length > 1 ? `Compare ${counted(runs.length, "run")}` : "Compare runs"}
        above={
          <Breadcrumbs mb={4} fz="sm">
            <Anchor component={Link} to="/experiments" size="sm">
              Experiments
            </Anchor>
          </Breadcrumbs>
        }
        subtitle="Curves over each other, the settings and numbers that differ, and the code line by line."
        actions={runs.length > 1 && <Share />}
      />
      {runs.length > 1 ? <Several key={runs.join()} runs={runs} onDrop={drop} /> : <Nothing />}
    </>
  );
}

function Share() {
  const clipboard = useClipboard();
  const reach = useLinkReach();
  const copy = () => {
    clipboard.copy(window.location.href);
    notifyDone(`The link to this comparison is copied. ${reach}`);
  };
  return (
    <Button variant="default" leftSection={<IconShare2 size={16} aria-hidden />} onClick={copy}>
      Copy the link
    </Button>
  );
}

function Several({ runs, onDrop }: { runs: string[]; onDrop: (id: string) => void }) {
  const answer = useQuery(compareQuery(runs));
  if (answer.isError) return <Problems error={answer.error} onRetry={() => answer.refetch()} />;
  if (!answer.data) {
    return (
      <Stack aria-busy="true">
        <Skeleton h={160} />
        <Skeleton h={320} />
      </Stack>
    );
  }
  return <CompareView compared={answer.data} onDrop={onDrop} />;
}

function Nothing() {
  return (
    <EmptyState
      icon={IconArrowsLeftRight}
      title="Choose two runs or more"
      action={
        <Button component={Link} to="/experiments">
          See all experiments
        </Button>
      }
    >
      Tick them in the table of an experiment, then Compare.
    </EmptyState>
  );
}
