/** One channel: where it leads, how the last message went, and what can be done with it. */

import { Alert, Badge, Button, Card, Group, Switch, Text, ThemeIcon } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Confirm } from "../../shared/Confirm";
import { asSentence, counted } from "../../shared/format";
import { StatusPill } from "../../shared/StatusPill";
import { type Channel, kindOf, placeOf, toldText } from "./kinds";
import { useChannelActs } from "./queries";

export function ChannelCard({ channel }: { channel: Channel }) {
  const { test, change, remove } = useChannelActs(channel.id);
  const [leaving, { open, close }] = useDisclosure();
  const kind = kindOf(channel.kind);
  const name = channel.title || kind.text;
  return (
    <Card padding="sm" component="article" aria-label={name}>
      <Group justify="space-between" gap="sm" align="flex-start">
        <Group gap="sm" wrap="nowrap" align="flex-start" style={{ minWidth: 0, flex: "1 1 260px" }}>
          <ThemeIcon variant="light" size={34} color={channel.active ? "brand" : "gray"} aria-hidden>
            <kind.icon size={18} stroke={1.7} />
          </ThemeIcon>
          <div style={{ minWidth: 0 }}>
            <Text size="sm" fw={550} style={{ overflowWrap: "anywhere" }}>
              {name}{" "}
              {channel.title && (
                <Text span size="xs" c="dimmed">
                  {kind.text}
                </Text>
              )}
            </Text>
            <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
              {placeOf(channel)}
            </Text>
            <Text size="xs" c="dimmed">
              Told: {toldText(channel)}
            </Text>
          </div>
        </Group>
        <Group gap="xs">
          <Switch
            size="sm"
            label={channel.active ? "On" : "Off"}
            aria-label={`${name} is on`}
            checked={channel.active}
            disabled={change.isPending}
            onChange={(event) => change.mutate(event.currentTarget.checked)}
          />
          <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
            Send a test
          </Button>
          <Button size="xs" variant="subtle" color="red" onClick={open}>
            Remove
          </Button>
        </Group>
      </Group>
      <Last channel={channel} />
      {test.data && (
        <Alert color={test.data.sent ? "green" : "red"} mt="sm" role="status" p="xs">
          {test.data.sent ? "The test has arrived. " : "The test has not arrived. "}
          {asSentence(test.data.answer)}
        </Alert>
      )}
      <Confirm
        opened={leaving}
        title={`Remove ${name}?`}
        action="Remove"
        danger
        loading={remove.isPending}
        onClose={close}
        onConfirm={() => remove.mutate()}
      >
        No alarm is told there any more; what still waits is thrown away.
      </Confirm>
    </Card>
  );
}

function Last({ channel }: { channel: Channel }) {
  return (
    <Group gap="xs" mt={8}>
      {channel.last_state && <StatusPill state={channel.last_state} size="sm" />}
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere", minWidth: 0 }}>
        {channel.last_state ? channel.last_answer : "No alarm told yet"}
      </Text>
      {channel.waiting > 0 && (
        <Badge variant="light" color="yellow" radius="sm" tt="none">
          {counted(channel.waiting, "alarm")} waiting
        </Badge>
      )}
    </Group>
  );
}
