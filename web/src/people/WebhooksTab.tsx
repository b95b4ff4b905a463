import { Button, Card, Group, Modal, Skeleton, Stack, Table, Text, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, must, type Shape } from "../api/client";
import { Confirm } from "../shared/Confirm";
import { moment } from "../shared/format";
import { notifyProblem, Problems } from "../shared/problems";
import { StatusPill } from "../shared/StatusPill";
import { Secret } from "./Secret";
import { Section } from "./Section";

type Webhook = Shape<"WebhookShape">;

/** Other programs that are told when a run ends. */
export function WebhooksTab() {
  const client = useQueryClient();
  const hooks = useQuery({ queryKey: ["webhooks"], queryFn: () => must(api.GET("/api/webhooks")) });
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState("");
  const refresh = () => client.invalidateQueries({ queryKey: ["webhooks"] });
  const added = (made: Shape<"MadeWebhook">) => {
    setSecret(made.secret);
    setAdding(false);
    void refresh();
  };
  return (
    <Section
      title="Webhooks"
      about="When a run ends, a message is sent to these addresses, so that other programs can go on with the results."
      action={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          Add
        </Button>
      }
    >
      {secret && (
        <Secret title="The secret of the new webhook" value={secret} onClose={() => setSecret("")}>
          It is shown this once. With it the receiver checks that a message is ours: the header X-Trackside-Signature
          holds the HMAC-SHA256 of the body.
        </Secret>
      )}
      <Problems error={hooks.error} />
      {hooks.isPending && <Skeleton h={90} />}
      {hooks.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          None yet.
        </Text>
      )}
      <Stack gap="sm">
        {hooks.data?.map((hook) => (
          <Hook key={hook.id} hook={hook} onChanged={refresh} />
        ))}
      </Stack>
      <Modal opened={adding} onClose={() => setAdding(false)} title="Add a webhook">
        <NewHook onClose={() => setAdding(false)} onMade={added} />
      </Modal>
    </Section>
  );
}

function Hook({ hook, onChanged }: { hook: Webhook; onChanged: () => void }) {
  const client = useQueryClient();
  const path = { params: { path: { webhook_id: hook.id } } };
  const [shown, setShown] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const refresh = () => {
    onChanged();
    void client.invalidateQueries({ queryKey: ["deliveries", hook.id] });
  };
  const test = useMutation({
    mutationFn: () => must(api.POST("/api/webhooks/{webhook_id}/test", path)),
    onSuccess: () => setShown(true),
    onError: notifyProblem,
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => must(api.DELETE("/api/webhooks/{webhook_id}", path)),
    onError: notifyProblem,
    onSettled: refresh,
  });
  return (
    <Card padding="sm">
      <Group justify="space-between" gap="xs">
        <div style={{ minWidth: 0, flex: "1 1 220px" }}>
          <Text size="sm" fw={550} style={{ overflowWrap: "anywhere" }}>
            {hook.url}
          </Text>
          <Group gap="xs" mt={4}>
            {hook.last_state ? <StatusPill state={hook.last_state} size="sm" /> : null}
            <Text size="xs" c="dimmed">
              {hook.last_state ? hook.last_answer : "No message sent yet"}
            </Text>
          </Group>
        </div>
        <Group gap="xs">
          <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
            Send a test
          </Button>
          <Button size="xs" variant="default" aria-expanded={shown} onClick={() => setShown(!shown)}>
            Messages
          </Button>
          <Button size="xs" variant="subtle" color="red" onClick={() => setLeaving(true)}>
            Remove
          </Button>
        </Group>
      </Group>
      {shown && <Deliveries id={hook.id} />}
      <Confirm
        opened={leaving}
        title="Remove this webhook?"
        action="Remove"
        danger
        loading={remove.isPending}
        onClose={() => setLeaving(false)}
        onConfirm={() => remove.mutate()}
      >
        Nothing is sent to {hook.url} any more.
      </Confirm>
    </Card>
  );
}

function Deliveries({ id }: { id: string }) {
  const sent = useQuery({
    queryKey: ["deliveries", id],
    queryFn: () => must(api.GET("/api/webhooks/{webhook_id}/deliveries", { params: { path: { webhook_id: id } } })),
    refetchInterval: 4000,
  });
  if (sent.isPending) return <Skeleton h={60} mt="sm" />;
  if (!sent.data?.length) {
    return (
      <Text size="sm" c="dimmed" mt="sm">
        No messages yet.
      </Text>
    );
  }
  return (
    <Table.ScrollContainer minWidth={440}>
      <Table mt="sm" fz="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Attempts</Table.Th>
            <Table.Th>Answer</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sent.data.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td>{moment(one.created)}</Table.Td>
              <Table.Td>
                <StatusPill state={one.state} size="sm" />
              </Table.Td>
              <Table.Td>{one.attempts}</Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{one.answer}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

type NewProps = { onClose: () => void; onMade: (made: Shape<"MadeWebhook">) => void };

function NewHook({ onClose, onMade }: NewProps) {
  const [url, setUrl] = useState("");
  const add = useMutation({
    mutationFn: () => must(api.POST("/api/webhooks", { body: { url: url.trim() } })),
    onSuccess: onMade,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <form onSubmit={submit}>
      <TextInput
        type="url"
        label="Address"
        description="Begins with http:// or https://"
        placeholder="https://example.org/trackside"
        required
        maxLength={1000}
        value={url}
        data-autofocus
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <Problems error={add.error} />
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={add.isPending} disabled={!url.trim()}>
          Add
        </Button>
      </Group>
    </form>
  );
}
