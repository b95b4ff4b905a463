import { Badge, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { Problems } from "../shared/problems";
import { CodePanel } from "./CodePanel";
import { CurveStack, CurvesWaiting } from "./CurveStack";
import { FilesPanel } from "./FilesPanel";
import { curvesQuery } from "./queries";
import { ReportsPanel } from "./ReportsPanel";
import type { Run } from "./types";

const TABS = ["curves", "reports", "files", "code"];

/** What a run left: the chosen tab stands in the address. */
export function RunTabs({ run }: { run: Run }) {
  const [search, setSearch] = useSearchParams();
  const tab = search.get("tab") ?? "";
  const choose = (next: string | null) =>
    setSearch(
      (old) => {
        old.set("tab", next ?? "curves");
        return old;
      },
      { replace: true, preventScrollReset: true },
    );
  return (
    <Tabs value={TABS.includes(tab) ? tab : "curves"} onChange={choose} keepMounted={false} miw={0}>
      <Tabs.List mb="md">
        <Tabs.Tab value="curves">Curves</Tabs.Tab>
        <Tabs.Tab value="reports" rightSection={<Count of={run.reports.length} />}>
          Reports
        </Tabs.Tab>
        <Tabs.Tab value="files" rightSection={<Count of={run.files.length} />}>
          Files
        </Tabs.Tab>
        <Tabs.Tab value="code">Code</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="curves">
        <Curves run={run} />
      </Tabs.Panel>
      <Tabs.Panel value="reports">
        <ReportsPanel reports={run.reports} />
      </Tabs.Panel>
      <Tabs.Panel value="files">
        <FilesPanel run={run} />
      </Tabs.Panel>
      <Tabs.Panel value="code">
        <CodePanel code={run.code} />
      </Tabs.Panel>
    </Tabs>
  );
}

function Count({ of }: { of: number }) {
  return (
    <Badge variant="default" size="xs" radius="sm" fw={500}>
      {of.toLocaleString("en-GB")}
    </Badge>
  );
}

function Curves({ run }: { run: Run }) {
  const answer = useQuery(curvesQuery(run.id, run.status === "running"));
  // One list as long as the answer is the same: plots are drawn anew only for other numbers.
  const runs = useMemo(() => answer.data && [answer.data], [answer.data]);
  if (answer.isError && !runs) return <Problems error={answer.error} onRetry={() => answer.refetch()} />;
  if (!runs) return <CurvesWaiting />;
  return <CurveStack runs={runs} />;
}
