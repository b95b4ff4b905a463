/** Groups of answers that fail more often than the rest, found without being asked. */

import { Button, Card, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { Link } from "react-router";
import { asSentence, counted } from "../../shared/format";
import { Problems } from "../../shared/problems";
import { useMay } from "../../shared/session";
import type { Dataset } from "../types";
import classes from "./errors.module.css";
import { RangeBar } from "./ideas/RangeBar";
import { Pictures } from "./Pictures";
import { useSlices } from "./queries";
import type { Slice, Study } from "./types";
import { range, share } from "./words";

export function Slices({ dataset, study }: { dataset: Dataset; study: Study }) {
  const slices = useSlices(dataset.id, study.id);
  const mayTag = useMay("analyst");
  const found = slices.data ?? [];
  const most = Math.max(...found.map((one) => one.high), 0.0001);
  return (
    <section aria-label="Groups that fail">
      <Title order={2}>Groups that fail more often than the rest</Title>
      <Text size="sm" c="dimmed" mb="sm" maw={820}>
        Sought in one half of the answers, confirmed in the other: when mistakes fall at random, at most 5 % of studies
        name any.
      </Text>
      <Problems error={slices.error} onRetry={() => slices.refetch()} />
      {slices.isPending && <Skeleton h={100} />}
      {slices.data && found.length === 0 && (
        <Text size="sm">
          None was confirmed. That needs at least 40 answers with 8 mistakes; columns beside the prediction give more to
          look for.
        </Text>
      )}
      <Stack gap="sm">
        {found.map((one) => (
          <SliceCard key={one.name} {...{ dataset, study, one, most, mayTag }} />
        ))}
      </Stack>
    </section>
  );
}

type CardProps = { dataset: Dataset; study: Study; one: Slice; most: number; mayTag: boolean };

function SliceCard({ dataset, study, one, most, mayTag }: CardProps) {
  return (
    <Card padding="sm">
      <div className={classes.slice}>
        <div>
          <Text fw={600} className={classes.wrap}>
            {one.name}
          </Text>
          {one.about && (
            <Text size="sm" c="dimmed" className={classes.wrap}>
              {asSentence(one.about)}
            </Text>
          )}
          <Text size="sm" mt={4}>
            {share(one.rate)} wrong ({range(one.low, one.high)}), the rest {share(one.rest)};{" "}
            {counted(one.mistakes, "mistake")} in {counted(one.count, "answer")}.
          </Text>
          <RangeBar value={one.rate} low={one.low} high={one.high} from={0} to={most} mark={one.rest} />
          {mayTag && one.drawn.length > 0 && (
            <Group gap="xs" mt="xs">
              <Button
                size="xs"
                variant="default"
                component={Link}
                to={`/datasets/${dataset.id}/errors/${study.id}/tag?ids=${one.drawn.join(",")}`}
              >
                Go through {counted(one.drawn.length, "drawn mistake")} of it
              </Button>
            </Group>
          )}
        </div>
        <Pictures dataset={dataset} rows={one.rows} of={one.name} />
      </div>
    </Card>
  );
}
