/** Why an alarm was raised: every question that was asked, with what was measured and what was asked for. */

import { Text, Title } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { asSentence } from "../shared/format";
import type { Reason } from "./types";
import { rung } from "./why";
import classes from "./why.module.css";
import { figure } from "./words";

export function Why({ reasons }: { reasons: Reason[] }) {
  return (
    <section aria-labelledby="why">
      <Title order={3} id="why" mb={6}>
        Why
      </Title>
      {reasons.length === 0 && (
        <Text size="sm" c="dimmed">
          The rule raises an alarm at each event; no further question was asked.
        </Text>
      )}
      <ul className={classes.ladder}>
        {reasons.map((reason) => (
          <Step key={`${reason.step} ${reason.text}`} reason={reason} />
        ))}
      </ul>
    </section>
  );
}

function Step({ reason }: { reason: Reason }) {
  const { value, asked } = rung(reason);
  return (
    <li className={classes.step} data-failed={!reason.passed || undefined}>
      <span className={classes.mark} role="img" aria-label={reason.passed ? "Passed" : "Not passed"}>
        {reason.passed ? <IconCheck size={14} stroke={2.6} /> : <IconX size={14} stroke={2.6} />}
      </span>
      <div className={classes.words}>
        <Text size="sm" fw={550} component="span">
          {asSentence(reason.step).replace(/\.$/, "")}
        </Text>
        <Text size="xs" c="dimmed" component="span">
          {asSentence(reason.text)}
        </Text>
      </div>
      {value !== null && (
        <div className={classes.measure}>
          <span className={classes.bar} aria-hidden>
            <span className={classes.value} style={{ width: `${value}%` }} />
            {asked !== null && <span className={classes.asked} style={{ left: `${asked}%` }} />}
          </span>
          <span className={classes.figures}>
            {figure(reason.value ?? 0)}
            {reason.asked != null && <span> asked {figure(reason.asked)}</span>}
          </span>
        </div>
      )}
    </li>
  );
}
