/** Studies of a data set: a model's mistakes, drawn and tagged. */

import { ActionIcon, Button, Card, Group, Menu, Progress, SimpleGrid, Skeleton, Text, Title } from "@mantine/core";
import { IconDots, IconPlus, IconTags, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { Confirm } from "../../shared/Confirm";
import { EmptyState } from "../../shared/EmptyState";
import { ago, counted, moment } from "../../shared/format";
import { Problems } from "../../shared/problems";
import { useMay } from "../../shared/session";
import { useThisDataset } from "../frame/DatasetFrame";
import type { Dataset } from "../types";
import { Example } from "./Example";
import classes from "./errors.module.css";
import { NewStudy } from "./NewStudy";
import { useDeleteStudy, useStudies } from "./queries";
import type { Study } from "./types";
import { share } from "./words";

export default function ErrorsPage() {
  const dataset = useThisDataset();
  const studies = useStudies(dataset.id);
  const mayChange = useMay("analyst");
  const [making, setMaking] = useState(false);
  const make = mayChange && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
      New study
    </Button>
  );
  const all = studies.data ?? [];
  return (
    <div className={classes.page}>
      <Problems error={studies.error} onRetry={() => studies.refetch()} />
      {studies.isPending && <Skeleton h={200} />}
      {studies.data && all.length === 0 && (
        <>
          <EmptyState icon={IconTags} title="Which idea deserves your week?" action={make}>
            Bring what your model predicted on held-out items. About 100 of its mistakes are drawn at random, you tag
            why each happened, and every idea gets its ceiling: how far the error rate could fall.
          </EmptyState>
          <Example dataset={dataset} />
        </>
      )}
      {all.length > 0 && (
        <>
          <Group justify="space-between" mb="md">
            <Title order={2}>{counted(all.length, "study", "studies")} of mistakes</Title>
            {make}
          </Group>
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md" role="list" aria-label="Studies">
            {all.map((study) => (
              <StudyCard key={study.id} dataset={dataset} study={study} mayChange={mayChange} />
            ))}
          </SimpleGrid>
        </>
      )}
      <NewStudy dataset={dataset} opened={making} onClose={() => setMaking(false)} />
    </div>
  );
}

type CardProps = { dataset: Dataset; study: Study; mayChange: boolean };

function StudyCard({ dataset, study, mayChange }: CardProps) {
  const to = `/datasets/${dataset.id}/errors/${study.id}`;
  const left = study.drawn - study.tagged;
  return (
    <Card role="listitem" className={classes.card}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text component={Link} to={to} fw={600} className={classes.cardName} title={study.name}>
          {study.name}
        </Text>
        {mayChange && <More dataset={dataset} study={study} />}
      </Group>
      <Text size="sm">
        {share(study.error_rate)} wrong: {counted(study.mistakes, "mistake")} among{" "}
        {counted(study.predictions, "answer")}
      </Text>
      <div>
        <Progress
          value={(100 * study.tagged) / Math.max(1, study.drawn)}
          size="sm"
          mt="xs"
          aria-label={`Looked at of ${study.name}`}
        />
        <Text size="xs" c="dimmed" mt={4}>
          {study.tagged} of {study.drawn} looked at
          {study.tags.length > 0 && ` · ${counted(study.tags.length, "tag")}`}
        </Text>
      </div>
      <Group justify="space-between" mt="auto" pt="xs">
        <Text size="xs" c="dimmed" title={moment(study.created)}>
          {ago(study.created)}
        </Text>
        <Group gap="xs">
          {mayChange && left > 0 && (
            <Button component={Link} to={`${to}/tag`} size="xs">
              {study.tagged ? "Go on tagging" : "Begin tagging"}
            </Button>
          )}
          <Button component={Link} to={to} size="xs" variant="default">
            Ideas
          </Button>
        </Group>
      </Group>
    </Card>
  );
}

function More({ dataset, study }: Omit<CardProps, "mayChange">) {
  const [asking, setAsking] = useState(false);
  const remove = useDeleteStudy(dataset.id);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`More for ${study.name}`}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setAsking(true)}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={asking}
        title={`Delete ${study.name}?`}
        action="Delete"
        danger
        loading={remove.isPending}
        onClose={() => setAsking(false)}
        onConfirm={() => remove.mutate(study.id, { onSuccess: () => setAsking(false) })}
      >
        Its predictions and the draw are gone then. What was said of a mistake stays for other studies that drew it.
      </Confirm>
    </>
  );
}
