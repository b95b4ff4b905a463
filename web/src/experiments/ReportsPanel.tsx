/** The reports of a run (pre-flight, diagnosis), framed. Their scripts run as a stranger to this server. */

import { Button, Group, SegmentedControl, Text } from "@mantine/core";
import { IconExternalLink, IconReportAnalytics } from "@tabler/icons-react";
import { useState } from "react";
import type { Verdict } from "../datasets/types";
import { VerdictPill } from "../datasets/VerdictPill";
import { VERDICTS } from "../datasets/words";
import { EmptyState } from "../shared/EmptyState";
import classes from "./frames.module.css";
import type { RunReport } from "./types";

export function ReportsPanel({ reports }: { reports: RunReport[] }) {
  const [page, setPage] = useState("");
  const shown = reports.find((one) => one.page === page) ?? reports[0];
  if (!shown) {
    return (
      <EmptyState icon={IconReportAnalytics} title="No reports">
        Pre-flight and diagnosis leave a report with the run when it is recorded.
      </EmptyState>
    );
  }
  return (
    <>
      <Group justify="space-between" gap="xs" mb="sm">
        <Group gap="sm">
          {reports.length > 1 ? (
            <SegmentedControl
              aria-label="Report"
              data={reports.map((one) => ({ value: one.page, label: one.title }))}
              value={shown.page}
              onChange={setPage}
            />
          ) : (
            <Text fw={600}>{shown.title}</Text>
          )}
          {shown.verdict in VERDICTS && <VerdictPill verdict={shown.verdict as Verdict} />}
        </Group>
        <Group gap="xs">
          <Button
            component="a"
            href={shown.page}
            target="_blank"
            rel="noreferrer"
            variant="default"
            leftSection={<IconExternalLink size={16} aria-hidden />}
          >
            Open alone
          </Button>
          <Button component="a" href={`${shown.facts}&download=true`} download variant="default">
            JSON
          </Button>
        </Group>
      </Group>
      <iframe
        key={shown.page}
        className={classes.report}
        src={shown.page}
        title={shown.title}
        sandbox="allow-scripts allow-downloads"
      />
    </>
  );
}
