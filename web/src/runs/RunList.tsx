/** Runs as rows that link to their pages. */

import { Anchor, Checkbox, Progress, Text, Tooltip } from "@mantine/core";
import { Link } from "react-router";
import { ago, moment, percent } from "../shared/format";
import { StatusPill } from "../shared/StatusPill";
import type { Run } from "./queries";
import classes from "./runs.module.css";
import { leftText, live, priorityText, progressText } from "./states";

type Props = { runs: Run[]; chosen: Run[]; onChoose: (runs: Run[]) => void };

export function RunList({ runs, chosen, onChoose }: Props) {
  const toggle = (run: Run) => {
    const without = chosen.filter((other) => other.id !== run.id);
    // Two fit side by side: a third takes the place of the older one.
    onChoose(without.length < chosen.length ? without : [...without.slice(-1), run]);
  };
  return (
    <ul className={classes.list} aria-label="Runs">
      {runs.map((run) => (
        <li key={run.id} className={classes.row}>
          <Checkbox
            aria-label={`Compare ${run.name}`}
            checked={chosen.some((other) => other.id === run.id)}
            disabled={run.videos_done === 0}
            onChange={() => toggle(run)}
          />
          <div className={classes.name}>
            <Anchor component={Link} to={`/runs/${run.id}`} fw={550} className={classes.link}>
              {run.name}
            </Anchor>
            <Text size="sm" c="dimmed" truncate>
              {details(run)}
            </Text>
          </div>
          <div className={classes.state}>
            <StatusPill state={run.state} />
          </div>
          <div className={classes.progress}>
            <Text size="sm">{progressText(run)}</Text>
            {live(run.state) ? <Bar run={run} /> : null}
          </div>
          <Tooltip label={moment(run.created)}>
            <Text size="sm" c="dimmed" className={classes.when}>
              {ago(run.created)}
            </Text>
          </Tooltip>
        </li>
      ))}
    </ul>
  );
}

function details(run: Run): string {
  const version = run.pipeline_version ? `version ${run.pipeline_version}` : "";
  const priority = live(run.state) && run.priority !== 0 ? `${priorityText(run.priority).toLowerCase()} priority` : "";
  return [run.pipeline_name, version, run.owner, priority].filter(Boolean).join(" · ");
}

function Bar({ run }: { run: Run }) {
  const left = leftText(run);
  return (
    <>
      <Progress value={run.fraction * 100} size="sm" mt={4} aria-label={`Progress of ${run.name}`} />
      <Text size="xs" c="dimmed" mt={2}>
        {percent(run.fraction)}
        {left && ` · ${left}`}
      </Text>
    </>
  );
}
