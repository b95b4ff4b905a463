/** What each kind of channel needs to know. */

import { Checkbox, Group, NumberInput, PasswordInput, Select, TagsInput, TextInput } from "@mantine/core";
import { type Draft, usualPort } from "./kinds";

type Props = { draft: Draft; set: (change: Partial<Draft>) => void };

export function KindFields({ draft, set }: Props) {
  if (draft.kind === "mqtt") return <Mqtt draft={draft} set={set} />;
  if (draft.kind === "email") return <Email draft={draft} set={set} />;
  if (draft.kind === "webhook") {
    return (
      <TextInput
        type="url"
        label="Address"
        description="Begins with http:// or https://"
        placeholder="https://example.org/alarms"
        required
        maxLength={1000}
        value={draft.url}
        onChange={(event) => set({ url: event.currentTarget.value })}
      />
    );
  }
  return (
    <TextInput
      label="File"
      description="In the folder alarms/out of the server's data; ends with .jsonl"
      required
      maxLength={66}
      value={draft.name}
      onChange={(event) => set({ name: event.currentTarget.value })}
    />
  );
}

function Mqtt({ draft, set }: Props) {
  return (
    <>
      <Host draft={draft} set={set} label="Broker" placeholder="broker.example.org" />
      <Checkbox
        label="Encrypted (TLS)"
        checked={draft.tls}
        onChange={(event) => set({ tls: event.currentTarget.checked })}
      />
      <TextInput
        label="Topic"
        description="May hold {camera}, {rule}, {what}, {place} and {label}"
        required
        maxLength={300}
        value={draft.topic}
        onChange={(event) => set({ topic: event.currentTarget.value })}
      />
      <Checkbox
        label="The broker keeps the last message of each topic"
        checked={draft.retain}
        onChange={(event) => set({ retain: event.currentTarget.checked })}
      />
      <Login draft={draft} set={set} />
    </>
  );
}

const SECURITY: { value: Draft["security"]; label: string }[] = [
  { value: "starttls", label: "STARTTLS" },
  { value: "tls", label: "TLS" },
  { value: "none", label: "None" },
];

function Email({ draft, set }: Props) {
  return (
    <>
      <Host draft={draft} set={set} label="Mail server" placeholder="mail.example.org" />
      <Select
        label="Encryption"
        data={SECURITY}
        value={draft.security}
        onChange={(security) => security && set({ security: security as Draft["security"] })}
        allowDeselect={false}
      />
      <TextInput
        type="email"
        label="From"
        placeholder="trackside@example.org"
        required
        maxLength={255}
        value={draft.sender}
        onChange={(event) => set({ sender: event.currentTarget.value })}
      />
      <TagsInput
        label="To"
        description="Press Enter after each address"
        placeholder={draft.to.length ? "" : "guard@example.org"}
        required
        maxTags={50}
        value={draft.to}
        onChange={(to) => set({ to })}
        acceptValueOnBlur
      />
      <Login draft={draft} set={set} />
    </>
  );
}

function Host({ draft, set, label, placeholder }: Props & { label: string; placeholder: string }) {
  return (
    <Group gap="sm" align="flex-end" wrap="nowrap">
      <TextInput
        label={label}
        placeholder={placeholder}
        required
        maxLength={255}
        style={{ flex: 1 }}
        value={draft.host}
        onChange={(event) => set({ host: event.currentTarget.value })}
      />
      <NumberInput
        label="Port"
        placeholder={String(usualPort(draft))}
        min={1}
        max={65535}
        hideControls
        w={90}
        value={draft.port}
        onChange={(port) => set({ port })}
      />
    </Group>
  );
}

function Login({ draft, set }: Props) {
  return (
    <Group gap="sm" grow>
      <TextInput
        label="User"
        maxLength={500}
        autoComplete="off"
        value={draft.user}
        onChange={(event) => set({ user: event.currentTarget.value })}
      />
      <PasswordInput
        label="Password"
        maxLength={500}
        autoComplete="new-password"
        value={draft.password}
        onChange={(event) => set({ password: event.currentTarget.value })}
      />
    </Group>
  );
}
