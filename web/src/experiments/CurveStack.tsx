/** The curves of one run, or of several over each other, with what holds for all plots. */

import { Group as Row, Skeleton, Stack, Switch, Text, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconChartLine } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { Legend } from "../results/Legend";
import { EmptyState } from "../shared/EmptyState";
import { CurvePlot } from "./CurvePlot";
import { colourOfRun, groupsOf, type RunCurves } from "./curves";
import classes from "./experiments.module.css";

export function CurveStack({ runs }: { runs: RunCurves[] }) {
  const groups = useMemo(() => groupsOf(runs), [runs]);
  const [logarithmic, setLogarithmic] = useState(false);
  const [smooth, setSmooth] = useState(false);
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const mouse = useMediaQuery("(pointer: fine)", true);
  const options = useMemo(() => ({ logarithmic, smooth }), [logarithmic, smooth]);
  if (!groups.length) {
    return (
      <EmptyState icon={IconChartLine} title="No numbers yet">
        Curves appear with the first number that the training tells.
      </EmptyState>
    );
  }
  const legend = runs.map(({ name }, index) => ({
    index,
    name,
    colour: colourOfRun(index),
    shown: !hidden.has(index),
  }));
  const shown = new Set(legend.filter((one) => one.shown).map((one) => one.index));
  const dashed = runs.length > 1 && groups.some((group) => group.parts.length > 1);
  return (
    <Stack gap="sm">
      <Row gap="lg">
        <Switch
          label="Logarithmic"
          checked={logarithmic}
          onChange={(event) => setLogarithmic(event.currentTarget.checked)}
        />
        <Tooltip label="An average over about a twentieth of the curve to each side; the curve itself stays, faint">
          <Switch label="Smooth" checked={smooth} onChange={(event) => setSmooth(event.currentTarget.checked)} />
        </Tooltip>
        <Text size="sm" c="dimmed">
          {[dashed && "Dotted lines are training.", mouse && "Drag over a plot to zoom it; double-click shows all."]
            .filter(Boolean)
            .join(" ")}
        </Text>
      </Row>
      {runs.length > 1 && (
        <div className={classes.legend}>
          <Legend
            lines={legend}
            shown={shown}
            onChange={(next) => setHidden(new Set(legend.map((one) => one.index).filter((at) => !next.has(at))))}
          />
        </div>
      )}
      <div className={classes.plots}>
        {groups.map((group) => (
          <CurvePlot key={group.measure} group={group} runs={runs.length} options={options} hidden={hidden} />
        ))}
      </div>
    </Stack>
  );
}

export function CurvesWaiting() {
  return (
    <div className={classes.plots} aria-busy="true">
      <Skeleton h={320} />
      <Skeleton h={320} />
    </div>
  );
}
