/** A camera is added while the engine runs. */

import { Button, Group, Modal, NumberInput, Select, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { savedQuery, templatesQuery } from "../runs/pipelines";
import { notifyDone, Problems } from "../shared/problems";
import { useAddCamera } from "./queries";
import type { NewCamera } from "./types";

type Props = { opened: boolean; onClose: () => void };

export function AddCamera({ opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add a camera" size="lg">
      <Form onClose={onClose} />
    </Modal>
  );
}

const EMPTY = { name: "", address: "", substream: "", pipeline: "guard-an-area", rate: 5 as number | string };

function Form({ onClose }: { onClose: () => void }) {
  const [given, setGiven] = useState(EMPTY);
  const set = (change: Partial<typeof EMPTY>) => setGiven((old) => ({ ...old, ...change }));
  const add = useAddCamera();
  const send = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(bodyOf(given), {
      onSuccess: () => {
        notifyDone(`${given.name.trim()} is added. Its picture comes as soon as it is connected.`);
        onClose();
      },
    });
  };
  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <TextInput
          label="Name"
          description="Short and unique: letters, digits, spaces and . _ -"
          placeholder="gate"
          required
          maxLength={60}
          data-autofocus
          value={given.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <TextInput
          label="Address"
          description="Begins with rtsp://, rtmp://, http://, https:// or webcam:; user and password stand before an @"
          placeholder="rtsp://user:password@192.168.1.20/stream1"
          required
          maxLength={2000}
          autoComplete="off"
          spellCheck={false}
          value={given.address}
          onChange={(event) => set({ address: event.currentTarget.value })}
        />
        <TextInput
          label="Substream"
          description="Optional: a smaller stream of the same camera, which costs less to look at"
          placeholder="rtsp://user:password@192.168.1.20/stream2"
          maxLength={2000}
          autoComplete="off"
          spellCheck={false}
          value={given.substream}
          onChange={(event) => set({ substream: event.currentTarget.value })}
        />
        <PipelineField value={given.pipeline} onChange={(pipeline) => set({ pipeline })} />
        <NumberInput
          label="Pictures a second that are looked at"
          description="Five are enough for people on foot"
          min={0.1}
          max={120}
          step={1}
          w={{ base: "100%", xs: 280 }}
          value={given.rate}
          onChange={(rate) => set({ rate })}
        />
      </Stack>
      <Problems error={add.error} title="The camera is not added" />
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={add.isPending} disabled={!given.name.trim() || !given.address.trim()}>
          Add
        </Button>
      </Group>
    </form>
  );
}

function bodyOf({ name, address, substream, pipeline, rate }: typeof EMPTY): NewCamera {
  const body = { name: name.trim(), address: address.trim(), substream: substream.trim(), pipeline };
  // What is left out has a value of its own at the server.
  return { ...body, ...(Number(rate) > 0 && { rate: Number(rate) }) } as NewCamera;
}

/** A template by its name, or a saved pipeline by its id. */
function PipelineField({ value, onChange }: { value: string; onChange: (pipeline: string) => void }) {
  const saved = useQuery(savedQuery());
  const templates = useQuery(templatesQuery());
  const groups = [
    { group: "Your pipelines", items: (saved.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })) },
    {
      group: "Templates",
      items: (templates.data ?? []).map(({ name, title }) => ({ value: name, label: title })),
    },
  ];
  const about = templates.data?.find(({ name }) => name === value)?.about;
  return (
    <Select
      label="Pipeline"
      description={about || "What is looked for, and what raises an alarm"}
      placeholder="Choose a pipeline"
      data={groups.filter(({ items }) => items.length > 0)}
      value={value}
      onChange={(next) => next && onChange(next)}
      allowDeselect={false}
      searchable
      required
      nothingFoundMessage="No pipeline has this name"
    />
  );
}
