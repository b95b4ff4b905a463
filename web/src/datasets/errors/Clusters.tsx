/** Groups of mistakes that have something in common: a tag for all of them at once. */

import { Button, Card, Group, SimpleGrid, Skeleton, Text, Title } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { asSentence, counted } from "../../shared/format";
import { Problems } from "../../shared/problems";
import { useMay } from "../../shared/session";
import type { Dataset } from "../types";
import classes from "./errors.module.css";
import { GroupDialog, plainLooks } from "./GroupDialog";
import { Pictures } from "./Pictures";
import { useClusters } from "./queries";
import type { Saying } from "./tagging/useSaying";
import type { Cluster, Study } from "./types";
import { share } from "./words";

type Props = { dataset: Dataset; study: Study; saying: Saying };
const SHOWN = 6;

export function Clusters({ dataset, study, saying }: Props) {
  const clusters = useClusters(dataset.id, study.id);
  const [open, setOpen] = useState<Cluster | null>(null);
  const [all, setAll] = useState(false);
  const mayChange = useMay("analyst");
  // What only looks alike says less than what has a name.
  const named = (one: Cluster) => (plainLooks(one) ? 1 : 0);
  const found = (clusters.data ?? []).filter((one) => one.count > 1).sort((a, b) => named(a) - named(b));
  const shown = all ? found : found.slice(0, SHOWN);
  return (
    <section aria-label="Suggested groups">
      <Title order={2}>Mistakes that have something in common</Title>
      <Text size="sm" c="dimmed" mb="sm" maw={820}>
        Found in all {study.mistakes} mistakes. If a group means something to you, give it a tag; if not, leave it.
      </Text>
      <Problems error={clusters.error} onRetry={() => clusters.refetch()} />
      {clusters.isPending && <Skeleton h={140} />}
      {clusters.data && found.length === 0 && (
        <Text size="sm">No group stands out. More columns in the predictions (camera, weather) give more to find.</Text>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
        {shown.map((one) => (
          <Card key={one.name} padding="sm" className={classes.card}>
            <Text fw={600} className={classes.wrap}>
              {one.name}
            </Text>
            <Text size="sm" c="dimmed" className={classes.wrap}>
              {asSentence(one.why)}
            </Text>
            <Pictures dataset={dataset} rows={one.rows} of={one.name} />
            <Text size="sm">
              {counted(one.count, "mistake")}, {share(one.share, 0)} of all; {one.drawn.length} among the drawn.
            </Text>
            {one.drawn.length > 0 && (
              <Group gap="xs" mt="auto">
                {mayChange && (
                  <Button size="xs" onClick={() => setOpen(one)}>
                    Tag {one.drawn.length === 1 ? "it" : `these ${one.drawn.length}`}
                  </Button>
                )}
                {mayChange && (
                  <Button
                    size="xs"
                    variant="default"
                    component={Link}
                    to={`/datasets/${dataset.id}/errors/${study.id}/tag?ids=${one.drawn.join(",")}`}
                  >
                    Go through them
                  </Button>
                )}
              </Group>
            )}
          </Card>
        ))}
      </SimpleGrid>
      {found.length > SHOWN && (
        <Button variant="subtle" size="xs" mt="xs" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? "Show fewer" : `Show all ${found.length}`}
        </Button>
      )}
      <GroupDialog dataset={dataset} group={open} saying={saying} onClose={() => setOpen(null)} />
    </section>
  );
}
