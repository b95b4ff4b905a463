/** The runs themselves, side by side. */

import { ActionIcon, Anchor, Stack, Title } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQueries } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { Link } from "react-router";
import { ago, moment } from "../shared/format";
import { Problems } from "../shared/problems";
import { StatusPill } from "../shared/StatusPill";
import { ComparedCode } from "./ComparedCode";
import { ComparedMetrics } from "./ComparedMetrics";
import { ComparedSettings } from "./ComparedSettings";
import { CurveStack, CurvesWaiting } from "./CurveStack";
import { colourOfRun, namesApart } from "./curves";
import classes from "./experiments.module.css";
import { curvesQuery } from "./queries";
import type { Compared } from "./types";
import { Wide } from "./Wide";
import { pillOf, took } from "./words";

type Props = { compared: Compared; onDrop: (id: string) => void };

export function CompareView({ compared, onDrop }: Props) {
  const names = useMemo(() => namesApart(compared.runs), [compared.runs]);
  return (
    <Stack gap="xl">
      <Runs compared={compared} names={names} onDrop={onDrop} />
      <Part title="Numbers">
        <ComparedMetrics metrics={compared.metrics} names={names} />
      </Part>
      <Part title="Settings that differ">
        <ComparedSettings compared={compared} names={names} />
      </Part>
      <Part title="Curves">
        <Curves runs={compared.runs} names={names} />
      </Part>
      <Part title="Code">
        <ComparedCode compared={compared} names={names} />
      </Part>
    </Stack>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2} mb="xs">
        {title}
      </Title>
      {children}
    </section>
  );
}

function Runs({ compared, names, onDrop }: Props & { names: string[] }) {
  return (
    <Wide label="Runs that are compared">
      <table className={classes.numbers} aria-label="Runs">
        <tbody>
          {compared.runs.map((run, at) => (
            <tr key={run.id}>
              <td>
                <span className={classes.swatch} style={{ background: colourOfRun(at) }} aria-hidden />
                <Anchor component={Link} to={`/experiments/runs/${run.id}`} size="sm" fw={550}>
                  {names[at]}
                </Anchor>
              </td>
              <td className={classes.status}>
                <StatusPill {...pillOf(run.status)} size="sm" />
              </td>
              <td>{run.experiment}</td>
              <td title={moment(run.started)}>{ago(run.started)}</td>
              <td>{took(run.seconds)}</td>
              <td>{run.commit.slice(0, 9)}</td>
              <td>
                {compared.runs.length > 2 && (
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="sm"
                    aria-label={`Leave out ${names[at]}`}
                    onClick={() => onDrop(run.id)}
                  >
                    <IconX size={15} />
                  </ActionIcon>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function Curves({ runs, names }: { runs: Compared["runs"]; names: string[] }) {
  const answers = useQueries({
    queries: runs.map((run) => curvesQuery(run.id, run.status === "running")),
    combine: (all) => ({ error: all.find((one) => one.error)?.error, data: all.map((one) => one.data) }),
  });
  const told = useMemo(
    () => answers.data.flatMap((one, at) => (one ? [{ name: names[at] ?? "", curves: one.curves }] : [])),
    [answers.data, names],
  );
  if (answers.error) return <Problems error={answers.error} />;
  if (told.length < runs.length) return <CurvesWaiting />;
  return <CurveStack runs={told} />;
}
