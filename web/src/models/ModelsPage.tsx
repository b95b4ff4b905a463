/** Models: those of this machine, and those that can be fetched. */

import { Button, Chip, Group, SimpleGrid, Skeleton, TextInput, Title } from "@mantine/core";
import { IconBrain, IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { EmptyState } from "../shared/EmptyState";
import { PageHeader } from "../shared/PageHeader";
import { Problems } from "../shared/problems";
import { useMay } from "../shared/session";
import { ModelCard } from "./ModelCard";
import { PullDialog } from "./PullDialog";
import { type Model, modelsQuery } from "./queries";
import { taskTitle } from "./words";

export default function ModelsPage() {
  const may = useMay("analyst");
  const answer = useQuery(modelsQuery());
  return (
    <>
      <PageHeader
        title="Models"
        subtitle="The networks that pipelines use. Every one has a card: what it does, what it was measured on, its licence."
        actions={
          may && (
            <Button component={Link} to="/models/add" leftSection={<IconPlus size={17} aria-hidden />}>
              Add a model
            </Button>
          )
        }
      />
      <Problems error={answer.error} onRetry={() => answer.refetch()} />
      {answer.isPending && <Waiting />}
      {answer.data && <Models models={answer.data} may={may} />}
    </>
  );
}

function Models({ models, may }: { models: Model[]; may: boolean }) {
  const [text, setText] = useState("");
  const [tasks, setTasks] = useState<string[]>([]);
  const [getting, setGetting] = useState("");
  const shown = fitting(models, text, tasks);
  const here = shown.filter((model) => model.installed);
  const away = shown.filter((model) => !model.installed);
  const onGet = may ? setGetting : undefined;
  return (
    <>
      <Group mb="lg" gap="md">
        <TextInput
          aria-label="Search models"
          placeholder="Search"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          w={260}
        />
        <Chip.Group multiple value={tasks} onChange={setTasks}>
          <Group gap={6} role="group" aria-label="What it does">
            {[...new Set(models.map((model) => model.task))].map((task) => (
              <Chip key={task} value={task} size="sm" radius="sm">
                {taskTitle(task)}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </Group>
      {!shown.length && (
        <EmptyState icon={IconBrain} title="No model fits">
          Try other words, or add a network of your own.
        </EmptyState>
      )}
      <Cards title="On this machine" models={here} />
      <Cards title="Can be fetched" models={away} onGet={onGet} />
      <PullDialog name={getting} opened={getting !== ""} onClose={() => setGetting("")} />
    </>
  );
}

/** Models that have a text in their name, task, family or licence, and do one of some tasks. */
export function fitting(models: Model[], text: string, tasks: string[]): Model[] {
  const wanted = text.trim().toLowerCase();
  return models.filter(
    (model) =>
      (!tasks.length || tasks.includes(model.task)) &&
      [model.name, taskTitle(model.task), model.task, model.family, model.licence].some((field) =>
        field.toLowerCase().includes(wanted),
      ),
  );
}

function Cards({ title, models, onGet }: { title: string; models: Model[]; onGet?: (name: string) => void }) {
  if (!models.length) return null;
  return (
    <section aria-label={title}>
      <Title order={2} mb="sm">
        {title}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} mb="xl">
        {models.map((model) => (
          <ModelCard key={model.name} model={model} onGet={onGet} />
        ))}
      </SimpleGrid>
    </section>
  );
}

function Waiting() {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} aria-busy="true">
      {["a", "b", "c"].map((key) => (
        <Skeleton key={key} h={150} />
      ))}
    </SimpleGrid>
  );
}
