/** Where alarms are told: brokers, other programs, people, files. */

import { Button, Modal, Skeleton, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Shape } from "../../api/client";
import { Secret } from "../../people/Secret";
import { Section } from "../../people/Section";
import { Problems } from "../../shared/problems";
import { ChannelCard } from "./ChannelCard";
import { NewChannelForm } from "./NewChannelForm";
import { channelsQuery } from "./queries";

export default function ChannelsTab() {
  const channels = useQuery(channelsQuery());
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState("");
  const added = (made: Shape<"MadeChannel">) => {
    setSecret(made.secret);
    setAdding(false);
  };
  return (
    <Section
      title="Alarm channels"
      about="Each alarm is told here as soon as it is raised. What does not arrive is sent again until it does."
      action={
        <Button style={{ flex: "none" }} leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          Add
        </Button>
      }
    >
      {secret && (
        <Secret title="The secret of the new channel" value={secret} onClose={() => setSecret("")}>
          It is shown this once. With it the receiver checks that a message is ours: the header X-Trackside-Signature
          holds the HMAC-SHA256 of the body.
        </Secret>
      )}
      <Problems error={channels.data ? null : channels.error} onRetry={() => channels.refetch()} />
      {channels.isPending && <Skeleton h={90} />}
      {channels.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          None yet: alarms stand on their page and are told to nobody.
        </Text>
      )}
      <Stack gap="sm">
        {channels.data?.map((channel) => (
          <ChannelCard key={channel.id} channel={channel} />
        ))}
      </Stack>
      <Modal opened={adding} onClose={() => setAdding(false)} title="Add a channel" size="lg">
        <NewChannelForm onClose={() => setAdding(false)} onMade={added} />
      </Modal>
    </Section>
  );
}
