/** One alarm with its evidence: what was seen, why it was raised, what people did, whom it was told. */

import { Anchor, Skeleton, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { useTitles } from "../live/useTitles";
import { moment } from "../shared/format";
import { PageProblem } from "../shared/PageProblem";
import { AlarmActions } from "./AlarmActions";
import { AlarmPill } from "./AlarmPill";
import { Deliveries } from "./Deliveries";
import classes from "./detail.module.css";
import { Looks } from "./Looks";
import { Notes } from "./Notes";
import { alarmQuery } from "./queries";
import { Seen } from "./Seen";
import type { AlarmFull } from "./types";
import type { Acting } from "./useActing";
import { Why } from "./Why";
import { figure, scoreText, whatText, whenText } from "./words";

type Props = { id: string; acting: Acting };

export function AlarmDetail({ id, acting }: Props) {
  const answer = useQuery(alarmQuery(id));
  if (answer.isError && !answer.data) {
    const again = () => answer.refetch();
    return <PageProblem error={answer.error} onRetry={again} what="alarm" to="/alarms" all="See all alarms" />;
  }
  if (!answer.data) return <Skeleton h={480} aria-busy="true" />;
  return <Loaded key={id} alarm={answer.data} acting={acting} />;
}

function Loaded({ alarm, acting }: { alarm: AlarmFull; acting: Acting }) {
  return (
    <article aria-labelledby="alarm">
      <header className={classes.head}>
        <div className={classes.title}>
          <Title order={2} id="alarm" style={{ overflowWrap: "anywhere" }}>
            {whatText(alarm)}
          </Title>
          <Facts alarm={alarm} />
        </div>
        <AlarmActions alarm={alarm} acting={acting} />
      </header>
      <div className={classes.body}>
        <div className={classes.column}>
          <Seen alarm={alarm} />
          <Why reasons={alarm.reasons} />
        </div>
        <div className={classes.column}>
          <Looks looks={alarm.looks} median={alarm.score} />
          <Notes alarm={alarm} acts={acting.acts} />
          <Deliveries deliveries={alarm.deliveries} />
        </div>
      </div>
    </article>
  );
}

function Facts({ alarm }: { alarm: AlarmFull }) {
  const titleOf = useTitles();
  const snoozed = alarm.state === "snoozed" && alarm.snoozed_until;
  return (
    <div className={classes.facts}>
      <AlarmPill state={alarm.state} size="md" />
      {snoozed && <span>until {whenText(snoozed)}</span>}
      <Anchor component={Link} to={`/wall/${encodeURIComponent(alarm.camera)}`} size="sm">
        {titleOf(alarm.camera)}
      </Anchor>
      <span title={moment(alarm.wall)}>{whenText(alarm.wall)}</span>
      <span>rule {alarm.rule}</span>
      {alarm.score != null && <span>score {scoreText(alarm.score)}</span>}
      {alarm.value != null && <span>value {figure(alarm.value)}</span>}
      {alarm.track > 0 && <span>track {alarm.track}</span>}
      {alarm.repeats > 0 && (
        <Text span inherit>
          {alarm.repeats.toLocaleString("en-GB")} more like it
        </Text>
      )}
    </div>
  );
}
