/** One study: how far the tagging is, what each idea would win, what fails without being asked, what moved. */

import { Anchor, Button, Card, Group, Progress, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconTags } from "@tabler/icons-react";
import { Link, useParams } from "react-router";
import { asSentence, counted, moment } from "../../shared/format";
import { PageProblem } from "../../shared/PageProblem";
import { useMay } from "../../shared/session";
import { useThisDataset } from "../frame/DatasetFrame";
import type { Dataset } from "../types";
import { Clusters } from "./Clusters";
import { Comparing } from "./Comparing";
import classes from "./errors.module.css";
import { IdeasPanel } from "./ideas/IdeasPanel";
import { useStudy } from "./queries";
import { Slices } from "./Slices";
import { StudyMenu } from "./StudyMenu";
import { Refusals, SavedLine } from "./tagging/Saved";
import { type Saying, useSaying } from "./tagging/useSaying";
import type { Study } from "./types";
import { share } from "./words";

export default function StudyPage() {
  const dataset = useThisDataset();
  const { study: id = "" } = useParams();
  const study = useStudy(dataset.id, id);
  if (study.isError && !study.data) {
    return (
      <div className={classes.page}>
        <PageProblem
          error={study.error}
          onRetry={() => study.refetch()}
          what="study"
          to={`/datasets/${dataset.id}/errors`}
          all="See all studies"
        />
      </div>
    );
  }
  return (
    <div className={classes.page}>
      {study.data ? <Whole key={id} dataset={dataset} study={study.data} /> : <Skeleton h={320} />}
    </div>
  );
}

function Whole({ dataset, study }: { dataset: Dataset; study: Study }) {
  const saying = useSaying(dataset.id, study.id);
  const common = { dataset, study };
  return (
    <>
      <Head {...common} saying={saying} />
      <Stack gap="xl">
        <IdeasPanel {...common} saying={saying} />
        <Clusters {...common} saying={saying} />
        <Slices {...common} />
        <Comparing {...common} />
      </Stack>
    </>
  );
}

function Head({ dataset, study, saying }: { dataset: Dataset; study: Study; saying: Saying }) {
  const mayChange = useMay("analyst");
  const home = `/datasets/${dataset.id}/errors`;
  const seen = saying.answer.data ? saying.mistakes.filter((one) => one.seen).length : study.tagged;
  const left = study.drawn - seen;
  return (
    <Card component="header" mb="xl" padding="lg">
      <Anchor component={Link} to={home} size="sm">
        ← All studies
      </Anchor>
      <Group justify="space-between" align="flex-start" gap="md" mt={4}>
        <div className={classes.about}>
          <Title order={2}>{study.name}</Title>
          <Text mt={2} title={moment(study.created)}>
            {share(study.error_rate)} wrong: {counted(study.mistakes, "mistake")} among{" "}
            {counted(study.predictions, "answer")}.
          </Text>
        </div>
        <Group gap="xs">
          {mayChange && (
            <Button
              component={Link}
              to={`${home}/${study.id}/tag`}
              variant={left ? "filled" : "default"}
              leftSection={<IconTags size={17} />}
            >
              {left === 0 ? "Look again" : seen ? "Go on tagging" : "Begin tagging"}
            </Button>
          )}
          <StudyMenu dataset={dataset} study={study} mayChange={mayChange} />
        </Group>
      </Group>
      <Group gap="sm" mt="md" wrap="nowrap">
        <Progress
          value={(100 * seen) / Math.max(1, study.drawn)}
          size="md"
          style={{ flex: "0 1 240px" }}
          aria-label="Looked at"
        />
        <Text size="sm" role="status">
          {seen} of {study.drawn} drawn mistakes looked at
        </Text>
        {mayChange && saying.sending.pending.size > 0 && <SavedLine state={saying.sending} outbox={saying.outbox} />}
      </Group>
      <Refusals state={saying.sending} outbox={saying.outbox} />
      <details className={classes.why}>
        <summary>Why {study.drawn}, and why these?</summary>
        <Text size="sm">{asSentence(study.reason)}</Text>
      </details>
    </Card>
  );
}
