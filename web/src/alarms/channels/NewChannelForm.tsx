/** The form of a new channel: its kind, what that kind needs, and which alarms are told there. */

import { Button, Group, MultiSelect, Radio, Slider, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Shape } from "../../api/client";
import { Problems } from "../../shared/problems";
import { summaryQuery } from "../queries";
import { KindFields } from "./KindFields";
import { bodyOf, complete, type Draft, EMPTY, KINDS, type Kind } from "./kinds";
import { useAddChannel } from "./queries";

type Props = { onClose: () => void; onMade: (made: Shape<"MadeChannel">) => void };

export function NewChannelForm({ onClose, onMade }: Props) {
  const [draft, setDraft] = useState(EMPTY);
  const set = (change: Partial<Draft>) => setDraft((old) => ({ ...old, ...change }));
  const add = useAddChannel();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(bodyOf(draft), { onSuccess: onMade });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Radio.Group label="Kind" value={draft.kind} onChange={(kind) => set({ kind: kind as Kind })}>
          <Stack gap={6} mt={6}>
            {KINDS.map(({ value, text, about }) => (
              <Radio key={value} value={value} label={text} description={about} />
            ))}
          </Stack>
        </Radio.Group>
        <TextInput
          label="Name"
          description="Optional, for this list"
          maxLength={100}
          value={draft.title}
          onChange={(event) => set({ title: event.currentTarget.value })}
        />
        <KindFields draft={draft} set={set} />
        <Which draft={draft} set={set} />
      </Stack>
      <Problems error={add.error} />
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={add.isPending} disabled={!complete(draft)}>
          Add
        </Button>
      </Group>
    </form>
  );
}

/** Which alarms are told there. */
function Which({ draft, set }: { draft: Draft; set: (change: Partial<Draft>) => void }) {
  const rows = useQuery(summaryQuery(90)).data?.rows ?? [];
  return (
    <>
      <MultiSelect
        label="Cameras"
        description="None stands for all"
        data={[...new Set(rows.map(({ camera }) => camera))].sort()}
        value={draft.cameras}
        onChange={(cameras) => set({ cameras })}
        searchable
        clearable
      />
      <MultiSelect
        label="Rules"
        description="None stands for all"
        data={[...new Set(rows.map(({ rule }) => rule))].sort()}
        value={draft.rules}
        onChange={(rules) => set({ rules })}
        searchable
        clearable
      />
      <div>
        <Text size="sm" fw={500}>
          Least score
        </Text>
        <Text size="xs" c="dimmed" mb={6}>
          {draft.least > 0 ? `Only alarms of ${Math.round(draft.least * 100)} % and more` : "Alarms of any score"}
        </Text>
        <Slider
          thumbLabel="Least score"
          min={0}
          max={1}
          step={0.05}
          label={(value) => `${Math.round(value * 100)} %`}
          value={draft.least}
          onChange={(least) => set({ least })}
        />
      </div>
    </>
  );
}
