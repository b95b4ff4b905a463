import { UnstyledButton } from "@mantine/core";
import { ago, counted, moment } from "../shared/format";
import classes from "./experiments.module.css";
import type { Experiment } from "./types";

type Props = { all: Experiment[]; chosen: string; onChoose: (name: string) => void };

/** All experiments, that with the newest run first. */
export function ExperimentList({ all, chosen, onChoose }: Props) {
  return (
    <nav className={classes.list} aria-label="Experiments">
      {all.map((one) => (
        <UnstyledButton
          key={one.name}
          className={classes.one}
          aria-current={one.name === chosen || undefined}
          onClick={() => onChoose(one.name)}
        >
          <span className={classes.oneName}>{one.name}</span>
          <span className={classes.soft} title={moment(one.newest)}>
            {counted(one.runs, "run")}, {ago(one.newest)}
          </span>
        </UnstyledButton>
      ))}
    </nav>
  );
}
