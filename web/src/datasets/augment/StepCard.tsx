/** One step: its settings, its chance, its place, and what it would break. */

import { ActionIcon, Alert, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconArrowDown, IconArrowUp, IconGripVertical, IconX } from "@tabler/icons-react";
import { asSentence } from "../../shared/format";
import classes from "./augment.module.css";
import type { Step } from "./recipe";
import { NumberSetting, SettingField } from "./SettingField";
import type { Form, Tried } from "./types";

type Props = {
  step: Step;
  place: number;
  last: number;
  form: Form | undefined;
  warnings: Tried["warnings"];
  dragged: boolean;
  onDrag: (id: number | null) => void;
  onDropHere: () => void;
  onMove: (to: number) => void;
  onRemove: () => void;
  onChange: (change: Partial<Step>) => void;
};

const CHANCE = { name: "chance", type: "number" as const, minimum: 0, maximum: 1 };

export function StepCard(props: Props) {
  const { step, form, warnings, dragged, onDrag, onDropHere, onChange } = props;
  const title = form?.title ?? step.use;
  const set = (name: string, value: unknown) => onChange({ settings: { ...step.settings, [name]: value } });
  return (
    <li
      className={classes.step}
      data-dragged={dragged || undefined}
      data-warned={warnings.length > 0 || undefined}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        onDropHere();
        onDrag(null);
      }}
    >
      <Head {...props} title={title} />
      {form?.help && (
        <Text size="xs" c="dimmed" mb={6}>
          {form.help}
        </Text>
      )}
      {(form?.settings ?? []).map((setting) => (
        <SettingField
          key={setting.name}
          setting={setting}
          of={title}
          value={step.settings[setting.name] ?? setting.default}
          onChange={(value) => set(setting.name, value)}
        />
      ))}
      <NumberSetting setting={CHANCE} of={title} value={step.chance} onChange={(chance) => onChange({ chance })} />
      {warnings.map((one) => (
        <Alert key={one.what} color="yellow" icon={<IconAlertTriangle aria-hidden />} mt={8} py={8} role="alert">
          <Text size="sm">{asSentence(one.what ?? "")}</Text>
          {one.evidence && (
            <Text size="xs" mt={2}>
              {one.evidence}
            </Text>
          )}
          {one.fix && (
            <Text size="sm" mt={2} fw={600}>
              {asSentence(one.fix)}
            </Text>
          )}
        </Alert>
      ))}
    </li>
  );
}

function Head({ step, place, last, title, onDrag, onMove, onRemove }: Props & { title: string }) {
  return (
    <Group gap={4} wrap="nowrap" mb={2}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        className={classes.grip}
        data-grip={step.id}
        aria-label={`Move ${title}: arrow up or down`}
        draggable
        onDragStart={(event) => {
          event.dataTransfer.effectAllowed = "move";
          event.dataTransfer.setData("text/plain", step.use);
          onDrag(step.id);
        }}
        onDragEnd={() => onDrag(null)}
        onKeyDown={(event) => {
          const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
          if (!by) return;
          event.preventDefault();
          if (place + by >= 0 && place + by <= last) onMove(place + by);
        }}
      >
        <IconGripVertical size={16} />
      </ActionIcon>
      <Text fw={600} size="sm" style={{ flex: 1 }}>
        {place + 1}. {title}
      </Text>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={`${title} earlier`}
        disabled={place === 0}
        onClick={() => onMove(place - 1)}
      >
        <IconArrowUp size={16} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={`${title} later`}
        disabled={place === last}
        onClick={() => onMove(place + 1)}
      >
        <IconArrowDown size={16} />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`Remove ${title}`} onClick={onRemove}>
        <IconX size={16} />
      </ActionIcon>
    </Group>
  );
}
