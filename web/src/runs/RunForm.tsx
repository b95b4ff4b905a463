/** The form of a new run; it checks the pipeline before anybody waits for it. */

import { Anchor, Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { Problems } from "../shared/problems";
import { checkQuery, choices, type Graph, pipelineQuery, savedQuery, templatesQuery, wanted } from "./pipelines";
import { queueQuery, useBegin } from "./queries";
import type { RunDialogProps } from "./RunDialog";
import { RunProblems } from "./RunProblems";
import { PRIORITIES, slotsOf } from "./states";
import { type Chosen, VideosField } from "./VideosField";

type Props = Pick<RunDialogProps, "pipeline" | "onClose"> & { videos: string[] };

export function RunForm({ videos: given, pipeline, onClose }: Props) {
  const [choice, setChoice] = useState(pipeline ? `saved:${pipeline.id}` : "");
  const [videos, setVideos] = useState<Chosen[]>(given.map((id) => ({ id })));
  const [name, setName] = useState("");
  const [slot, setSlot] = useState<"cpu" | "gpu">("cpu");
  const [priority, setPriority] = useState(0);
  const navigate = useNavigate();
  const begin = useBegin();
  const { what, check, templates, saved } = useChoice(choice);
  const blocked = (check.data?.problems.length ?? 0) > 0 || (check.data?.missing_models?.length ?? 0) > 0;
  const send = () => {
    if (!what) return;
    const body = { ...what, videos: videos.map((video) => video.id), name: name.trim(), slot, priority };
    begin.mutate({ settings: {}, ...body }, { onSuccess: (run) => navigate(`/runs/${run.id}`) });
  };
  // A pipeline that was just saved may not be among the first of the list.
  const known = pipeline ? [{ id: pipeline.id, name: pipeline.name }] : [];
  const listed = (saved.data?.items ?? []).filter((one) => one.id !== pipeline?.id);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Stack gap="md">
        <Select
          label="Pipeline"
          placeholder="Choose a pipeline"
          data={choices([...known, ...listed], templates.data ?? [])}
          value={choice || null}
          onChange={(value) => setChoice(value ?? "")}
          searchable
          required
          nothingFoundMessage="No pipeline has this name"
          description={aboutOf(choice, saved.data?.items ?? [], templates.data ?? [])}
        />
        {choice.startsWith("template:") && <AsItIs template={choice.slice("template:".length)} />}
        <RunProblems check={check.data} saved={choice.startsWith("saved:") ? choice.slice(6) : null} />
        <VideosField videos={videos} onChange={setVideos} />
        <TextInput
          label="Name"
          description="Optional; otherwise that of the pipeline and the video"
          value={name}
          maxLength={150}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group gap="xl">
          <Slot slot={slot} onChange={setSlot} />
          <div>
            <Text size="sm" fw={500} mb={4} id="priority">
              Priority
            </Text>
            <SegmentedControl
              aria-labelledby="priority"
              data={PRIORITIES.map((one) => ({ value: String(one.value), label: one.label }))}
              value={String(priority)}
              onChange={(value) => setPriority(Number(value))}
            />
          </div>
        </Group>
        <Problems error={begin.error ?? check.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={begin.isPending}
            disabled={!what || !videos.length || blocked}
            leftSection={<IconPlayerPlay size={17} aria-hidden />}
          >
            Run
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Zones and settings of a template are somebody else's until they are changed. */
function AsItIs({ template }: { template: string }) {
  return (
    <Text size="sm" c="dimmed" mt={-8}>
      It runs as it is. To draw your own zones or change settings,{" "}
      <Anchor component={Link} to={`/pipelines/new?template=${encodeURIComponent(template)}`} size="sm">
        open it in the editor
      </Anchor>{" "}
      first.
    </Text>
  );
}

function useChoice(choice: string) {
  const saved = useQuery(savedQuery());
  const templates = useQuery(templatesQuery());
  const what = wanted(choice, templates.data ?? []);
  const id = what && "pipeline" in what ? what.pipeline : "";
  const full = useQuery({ ...pipelineQuery(id), enabled: id !== "" });
  const graph: Graph | undefined = what && "graph" in what ? what.graph : id ? full.data?.graph : undefined;
  const check = useQuery(checkQuery(graph));
  return { what, check, templates, saved };
}

type Told = { id?: string; name: string; about: string };

function aboutOf(choice: string, saved: Told[], templates: Told[]): string | undefined {
  const one = choice.startsWith("saved:")
    ? saved.find((pipeline) => `saved:${pipeline.id}` === choice)
    : templates.find((template) => `template:${template.name}` === choice);
  return one?.about || undefined;
}

function Slot({ slot, onChange }: { slot: "cpu" | "gpu"; onChange: (slot: "cpu" | "gpu") => void }) {
  const queue = useQuery(queueQuery());
  const slots = slotsOf(queue.data);
  if (slots.length < 2) return null;
  return (
    <div>
      <Text size="sm" fw={500} mb={4} id="slot">
        Runs on
      </Text>
      <SegmentedControl
        aria-labelledby="slot"
        data={slots.map((value) => ({ value, label: value === "gpu" ? "Graphics card" : "Processor" }))}
        value={slot}
        onChange={(value) => onChange(value === "gpu" ? "gpu" : "cpu")}
      />
    </div>
  );
}
