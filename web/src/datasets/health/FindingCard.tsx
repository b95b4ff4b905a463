import { Anchor, Button, Card, Group, Modal, Progress, Text, Title, UnstyledButton } from "@mantine/core";
import { IconLayoutGrid, IconPencilCheck } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { Link } from "react-router";
import { asSentence, counted, percent } from "../../shared/format";
import type { Dataset, Finding } from "../types";
import { VerdictPill } from "../VerdictPill";
import { HeatTable } from "./HeatTable";
import classes from "./health.module.css";
import { heatOf } from "./heat";
import { shownNumber } from "./numbers";

const Figure = lazy(() => import("./Figure"));

/** One question, its answer, the evidence, what may be the cause and what to do next. */
export function FindingCard({ dataset, finding }: { dataset: Dataset; finding: Finding }) {
  const place = `/datasets/${dataset.id}`;
  const check = encodeURIComponent(finding.check);
  return (
    <Card component="section" aria-label={finding.asks} padding="lg">
      <Group justify="space-between" gap="sm" align="flex-start">
        <Title order={3} className={classes.asks}>
          {finding.asks}
        </Title>
        <VerdictPill verdict={finding.verdict} />
      </Group>
      <Text mt={6} maw={860}>
        {asSentence(finding.says)}
      </Text>
      <Numbers finding={finding} />
      <Evidence finding={finding} />
      <Causes finding={finding} />
      {finding.next_step && (
        <Text size="sm" mt="sm" maw={860}>
          <strong>Next:</strong> {asSentence(finding.next_step)}
        </Text>
      )}
      <Group gap="xs" mt="md">
        {finding.suspects > 0 && (
          <>
            <Button
              component={Link}
              to={`${place}?check=${check}`}
              size="xs"
              variant="default"
              leftSection={<IconLayoutGrid size={15} />}
            >
              Show {counted(finding.suspects, "picture")} in the grid
            </Button>
            <Button
              component={Link}
              to={`${place}/queue?check=${check}`}
              size="xs"
              leftSection={<IconPencilCheck size={15} />}
            >
              Work through them
            </Button>
          </>
        )}
        {finding.reference && (
          <Text size="xs" c="dimmed" ml="auto">
            {finding.reference}
          </Text>
        )}
      </Group>
    </Card>
  );
}

function Numbers({ finding }: { finding: Finding }) {
  const numbers = finding.numbers.map(shownNumber).filter((one) => one !== null);
  if (!numbers.length) return null;
  return (
    <dl className={classes.numbers}>
      {numbers.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Evidence({ finding }: { finding: Finding }) {
  const [large, setLarge] = useState<{ title: string; address: string } | null>(null);
  const pictures = finding.pictures.map((one) => ({ title: one.title ?? "Evidence", address: one.address ?? "" }));
  if (!pictures.length && !finding.figures.length) return null;
  return (
    <div className={classes.evidence}>
      {pictures.map((one) => (
        <figure key={one.address}>
          <UnstyledButton onClick={() => setLarge(one)} aria-label={`Enlarge: ${one.title}`}>
            <img src={one.address} alt="" loading="lazy" />
          </UnstyledButton>
          <figcaption>{one.title}</figcaption>
        </figure>
      ))}
      {finding.figures.map((one) => (
        <Drawn key={String(one.title)} title={String(one.title)} figure={one.figure} />
      ))}
      <Modal opened={large !== null} onClose={() => setLarge(null)} title={large?.title} size="90%">
        {large && <img src={large.address} alt={large.title} className={classes.whole} />}
      </Modal>
    </div>
  );
}

function Drawn({ title, figure }: { title: string; figure: unknown }) {
  const heat = heatOf(figure);
  if (heat) return <HeatTable title={title} heat={heat} />;
  return (
    <Suspense>
      <Figure title={title} figure={figure} />
    </Suspense>
  );
}

function Causes({ finding }: { finding: Finding }) {
  const causes = finding.causes as { what?: string; probability?: number | null }[];
  if (!causes.length) return null;
  return (
    <div className={classes.causes}>
      <Text size="sm" fw={600}>
        Likely causes
      </Text>
      {causes.map(({ what = "", probability }) => (
        <Group key={what} gap="sm" wrap="nowrap">
          {probability != null && (
            <Progress value={100 * probability} w={64} size="sm" aria-label={`${what}: ${percent(probability)}`} />
          )}
          <Text size="sm">
            {asSentence(what)}{" "}
            {probability != null && (
              <Anchor component="span" c="dimmed" underline="never" size="sm">
                {percent(probability)}
              </Anchor>
            )}
          </Text>
        </Group>
      ))}
    </div>
  );
}
