import { Alert, Button, Center, CopyButton, Group, List, Loader, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useInterval } from "@mantine/hooks";
import { IconCheck, IconCopy, IconWifi } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Shape } from "../api/client";
import { counted, duration } from "../shared/format";
import { Problems } from "../shared/problems";

/** A QR code that opens an upload page on a phone, for a quarter of an hour. */
export function PhoneDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const close = () => {
    const id = client.getQueryData<Shape<"PhoneInvitation">>(["phone"])?.id;
    // Failing is no harm: it runs out by itself.
    if (id) api.DELETE("/api/phone/{invitation_id}", { params: { path: { invitation_id: id } } }).catch(() => {});
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title="Film with a phone" size="md">
      <Invitation onClose={close} />
    </Modal>
  );
}

function Invitation({ onClose }: { onClose: () => void }) {
  const made = useQuery({
    queryKey: ["phone"],
    queryFn: () => must(api.POST("/api/phone")),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const id = made.data?.id;
  const news = useQuery({
    queryKey: ["phone", id],
    queryFn: () => must(api.GET("/api/phone/{invitation_id}", { params: { path: { invitation_id: id ?? "" } } })),
    enabled: !!id,
    refetchInterval: 2000,
  });
  const left = useCountdown(made.data?.expires);
  if (made.isPending) {
    return (
      <Center h={280}>
        <Loader aria-label="Making the code" />
      </Center>
    );
  }
  if (!made.data) return <Problems error={made.error} onRetry={() => made.refetch()} />;
  if (left <= 0) return <Over onAgain={() => made.refetch()} />;
  const received = news.data?.received ?? 0;
  return (
    <Stack gap="md">
      <Center>
        <img
          src={`data:image/svg+xml,${encodeURIComponent(made.data.qr)}`}
          alt="QR code of the address below"
          width={220}
          height={220}
          style={{ background: "#fff", padding: 10, borderRadius: 8 }}
        />
      </Center>
      <List size="sm" type="ordered" spacing={4}>
        <List.Item>Point the phone's camera at the code and open the address.</List.Item>
        <List.Item>Film, or choose videos that are on the phone already.</List.Item>
        <List.Item>They appear among your videos as soon as they arrive.</List.Item>
      </List>
      <Address address={made.data.address} />
      <Alert icon={<IconWifi aria-hidden />} color="gray">
        The phone must be in the same network (the same Wi-Fi) as this computer; nothing goes over the internet.{" "}
        {made.data.note}
      </Alert>
      <Group justify="space-between">
        <Text size="sm" role="status">
          {received ? `${counted(received, "video")} received` : "Waiting for the phone"} · open for {duration(left)}
        </Text>
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}

function Address({ address }: { address: string }) {
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <TextInput
        label="Address"
        value={address}
        readOnly
        style={{ flex: 1 }}
        onFocus={(e) => e.currentTarget.select()}
      />
      <CopyButton value={address}>
        {({ copied, copy }) => (
          <Button
            variant="default"
            onClick={copy}
            leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          >
            {copied ? "Copied" : "Copy"}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}

function Over({ onAgain }: { onAgain: () => void }) {
  return (
    <Stack align="center" py="lg">
      <Text>The code has run out; videos that came stay.</Text>
      <Button onClick={onAgain}>Make a new code</Button>
    </Stack>
  );
}

/** Seconds until a moment. */
function useCountdown(end: string | undefined): number {
  const [now, setNow] = useState(Date.now);
  useInterval(() => setNow(Date.now()), 1000, { autoInvoke: true });
  return end ? Math.max(0, (new Date(end).getTime() - now) / 1000) : 0;
}
