/** What the checks found, worst first, and what to do about each. */

import { Anchor, Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconHeartbeat, IconPlayerStop, IconPrinter, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { EmptyState } from "../../shared/EmptyState";
import { ago, counted, moment } from "../../shared/format";
import { Problems } from "../../shared/problems";
import { useMay } from "../../shared/session";
import { useThisDataset } from "../frame/DatasetFrame";
import { editionOf, useFacets, useHealth, useStopDataset } from "../queries";
import type { Dataset, Finding, Health } from "../types";
import { VerdictPill } from "../VerdictPill";
import { isWorking } from "../words";
import { CheckDialog } from "./CheckDialog";
import { FindingCard } from "./FindingCard";
import classes from "./health.module.css";

export default function HealthPage() {
  const dataset = useThisDataset();
  const health = useHealth(dataset.id, dataset.checked);
  const mayChange = useMay("analyst");
  const [checking, setChecking] = useState(false);
  const working = isWorking(dataset);
  const check = mayChange && !working && (
    <Button leftSection={<IconRefresh size={16} />} variant="default" onClick={() => setChecking(true)}>
      Check again
    </Button>
  );
  return (
    <div className={classes.page}>
      {!dataset.checked && !working && (
        <EmptyState icon={IconHeartbeat} title="Not checked yet" action={check}>
          Checks look for wrong labels, duplicates, leaks between splits, shortcuts and pictures that are no good.
        </EmptyState>
      )}
      {!dataset.checked && working && (
        <EmptyState icon={IconHeartbeat} title="The checks are at work">
          The report appears here when they are done. You can look at the pictures meanwhile.
        </EmptyState>
      )}
      <Problems error={health.error} onRetry={() => health.refetch()} />
      {dataset.checked && !health.data && !health.error && <Skeleton h={320} />}
      {health.data && (
        <Report dataset={dataset} health={health.data}>
          {check}
          {mayChange && working && <Stop dataset={dataset} />}
        </Report>
      )}
      <CheckDialog dataset={dataset} opened={checking} onClose={() => setChecking(false)} />
    </div>
  );
}

function Stop({ dataset }: { dataset: Dataset }) {
  const stop = useStopDataset();
  return (
    <Button
      leftSection={<IconPlayerStop size={16} />}
      variant="default"
      loading={stop.isPending}
      onClick={() => stop.mutate(dataset.id)}
    >
      Stop the check
    </Button>
  );
}

type ReportProps = { dataset: Dataset; health: Health; children: React.ReactNode };

function Report({ dataset, health, children }: ReportProps) {
  const [all, setAll] = useState(false);
  const troubled = health.findings.filter((one) => one.verdict !== "ok");
  const fine = health.findings.filter((one) => one.verdict === "ok");
  return (
    <>
      <header className={classes.head}>
        <div>
          <Group gap="sm">
            <Title order={2}>{headline(troubled)}</Title>
            <VerdictPill verdict={health.verdict} />
          </Group>
          <Text size="sm" c="dimmed" mt={2}>
            <span title={moment(dataset.checked)}>Checked {ago(dataset.checked)}</span>
            {`, ${counted(health.findings.length, "question")} asked.`}
          </Text>
        </div>
        <Group gap="xs">
          <Button
            component="a"
            href={`/api/datasets/${dataset.id}/health.html`}
            target="_blank"
            rel="noreferrer"
            variant="default"
            leftSection={<IconPrinter size={16} />}
          >
            Report to print
          </Button>
          {children}
        </Group>
      </header>
      <Unread dataset={dataset} />
      <Stack gap="md">
        {troubled.map((finding) => (
          <FindingCard key={finding.check} dataset={dataset} finding={finding} />
        ))}
      </Stack>
      {fine.length > 0 && (
        <section aria-label="Nothing found">
          <Group mt="xl" mb="xs" gap="sm">
            <Title order={2}>{counted(fine.length, "question")} with a good answer</Title>
            <Anchor component="button" type="button" size="sm" onClick={() => setAll(!all)} aria-expanded={all}>
              {all ? "Show less" : "Show the evidence"}
            </Anchor>
          </Group>
          {all ? (
            <Stack gap="md">
              {fine.map((finding) => (
                <FindingCard key={finding.check} dataset={dataset} finding={finding} />
              ))}
            </Stack>
          ) : (
            <ul className={classes.fine}>
              {fine.map((finding) => (
                <li key={finding.check}>
                  <strong>{finding.asks}</strong> {finding.says}
                </li>
              ))}
            </ul>
          )}
        </section>
      )}
      <About facts={health.facts} />
    </>
  );
}

function headline(troubled: Finding[]): string {
  return troubled.length ? `${counted(troubled.length, "thing")} to look at` : "Nothing was found";
}

/** Rows and files that could not be read at all. */
function Unread({ dataset }: { dataset: Dataset }) {
  const facets = useFacets(dataset.id, editionOf(dataset), dataset.readable && dataset.troubles > 0).data;
  if (!facets?.troubles.length) return null;
  return (
    <details className={classes.unread}>
      <summary>{counted(dataset.troubles, "row or file", "rows or files")} could not be read</summary>
      <ul>
        {facets.troubles.map((line) => (
          <li key={line}>{line}</li>
        ))}
        {facets.troubles.length < dataset.troubles && <li>and more</li>}
      </ul>
    </details>
  );
}

function About({ facts }: { facts: Record<string, string> }) {
  return (
    <Text size="xs" c="dimmed" mt="xl" style={{ overflowWrap: "anywhere" }}>
      {Object.entries(facts)
        .map(([name, value]) => `${name}: ${value}`)
        .join(" · ")}
    </Text>
  );
}
