/** What a run was set to and what came out, as tables. */

import { Code, CopyButton, Stack, Text, Title, Tooltip, UnstyledButton } from "@mantine/core";
import type { ReactNode } from "react";
import { isGoal, oddText } from "./columns";
import classes from "./experiments.module.css";
import { MetricName } from "./MetricName";
import type { Run } from "./types";
import { Wide } from "./Wide";
import { number } from "./words";

export function RunFacts({ run }: { run: Run }) {
  return (
    <Stack gap="lg" miw={0}>
      {run.metrics.length > 0 && (
        <Part title="Numbers">
          <Wide label="Numbers of the run">
            <Numbers metrics={run.metrics} />
          </Wide>
        </Part>
      )}
      <Part title="Settings">
        <Facts facts={run.settings} none="None were recorded." />
      </Part>
      <Part title="Made with">
        <Facts facts={{ ...run.machine, ...run.versions }} none="Nothing was noted." />
      </Part>
      {Object.keys(run.tags).length > 0 && (
        <Part title="Tags">
          <Facts facts={run.tags} none="" />
        </Part>
      )}
      <Text size="xs" c="dimmed">
        Run <RunId id={run.id} />
      </Text>
    </Stack>
  );
}

function RunId({ id }: { id: string }) {
  return (
    <CopyButton value={id}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : "Copy the id"}>
          <UnstyledButton onClick={copy} aria-label={`Copy the id ${id}`} fz="xs">
            <Code fz={11} style={{ overflowWrap: "anywhere" }}>
              {id}
            </Code>
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2} fz="0.9375rem" mb={6}>
        {title}
      </Title>
      {children}
    </section>
  );
}

function Facts({ facts, none }: { facts: Record<string, string>; none: string }) {
  const pairs = Object.entries(facts);
  if (!pairs.length) {
    return (
      <Text size="sm" c="dimmed">
        {none}
      </Text>
    );
  }
  return (
    <dl className={`${classes.card} ${classes.facts}`}>
      {pairs.map(([name, value]) => (
        <div key={name} style={{ display: "contents" }}>
          <dt>{name}</dt>
          <dd>{value || "–"}</dd>
        </div>
      ))}
    </dl>
  );
}

function Numbers({ metrics }: { metrics: Run["metrics"] }) {
  return (
    <table className={classes.numbers} aria-label="Numbers">
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col">Last</th>
          <th scope="col">Min</th>
          <th scope="col">Max</th>
        </tr>
      </thead>
      <tbody>
        {metrics.map((one) => (
          <tr key={one.name}>
            <th scope="row">
              <MetricName name={one.name} />
            </th>
            <td>{one.odd ? oddText(one.odd) : number(one.last)}</td>
            <td data-best={(isGoal(one) && one.lower) || undefined}>{number(one.min)}</td>
            <td data-best={(isGoal(one) && !one.lower) || undefined}>{number(one.max)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
