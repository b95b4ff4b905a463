import { Button, Group, NumberInput, Progress, Skeleton, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, must, type Shape } from "../api/client";
import { bytes, percent } from "../shared/format";
import { notifyDone, Problems } from "../shared/problems";
import { useMay } from "../shared/session";
import { Section } from "./Section";

/** How full it is, and how long things are kept. */
export function StorageTab() {
  const storage = useQuery({ queryKey: ["storage"], queryFn: () => must(api.GET("/api/storage")) });
  const site = useQuery({ queryKey: ["site"], queryFn: () => must(api.GET("/api/site")) });
  const admin = useMay("admin");
  return (
    <>
      <Section title="Space">
        <Problems error={storage.error} />
        {storage.isPending && <Skeleton h={90} />}
        {storage.data && <Space storage={storage.data} />}
      </Section>
      <Section
        title="How long things are kept"
        about="In days; what is older is deleted for good, file and all. Empty keeps for ever."
      >
        <Problems error={site.error} />
        {site.isPending && <Skeleton h={90} />}
        {site.data && <Retention site={site.data} admin={admin} />}
      </Section>
    </>
  );
}

const parts = [
  { key: "videos", text: "Videos", colour: "brand.7" },
  { key: "results", text: "Results", colour: "brand.4" },
  { key: "datasets", text: "Uploaded data sets", colour: "teal.5" },
  { key: "incoming", text: "Being uploaded", colour: "yellow.5" },
] as const;

function Space({ storage }: { storage: Shape<"StorageShape"> }) {
  const used = storage.videos + storage.results + storage.datasets + storage.incoming;
  const whole = Math.max(1, storage.quota || used + storage.free);
  const rest = Math.max(0, Math.min(whole - used, storage.free));
  return (
    <Stack gap="sm">
      <Text size="sm">
        {bytes(used)} of {bytes(whole)} {storage.quota ? "allowed" : "on the disk"} in use ({percent(used / whole)});{" "}
        {bytes(rest)} free.
      </Text>
      <Progress.Root size={14} radius="sm">
        {parts.map(({ key, text, colour }) => (
          <Progress.Section key={key} value={(100 * storage[key]) / whole} color={colour} aria-label={text} />
        ))}
      </Progress.Root>
      <Table withRowBorders={false} verticalSpacing={2} horizontalSpacing={0} w="auto" style={{ alignSelf: "start" }}>
        <Table.Tbody>
          {parts.map(({ key, text, colour }) => (
            <Table.Tr key={key}>
              <Table.Td pr="xs">
                <Swatch colour={colour} />
              </Table.Td>
              <Table.Th fw={400} pr="lg" scope="row">
                {text}
              </Table.Th>
              <Table.Td ta="right">{bytes(storage[key])}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}

function Swatch({ colour }: { colour: string }) {
  const variable = `var(--mantine-color-${colour.replace(".", "-")})`;
  return (
    <span aria-hidden style={{ display: "block", width: 12, height: 12, borderRadius: 3, background: variable }} />
  );
}

function Retention({ site, admin }: { site: Shape<"SiteSettings">; admin: boolean }) {
  const client = useQueryClient();
  const [videos, setVideos] = useState<number | string>(site.keep_videos_days ?? "");
  const [results, setResults] = useState<number | string>(site.keep_results_days ?? "");
  const [alarms, setAlarms] = useState<number | string>(site.keep_alarms_days ?? "");
  const days = (value: number | string) => (value === "" ? null : Number(value));
  const save = useMutation({
    mutationFn: () =>
      must(
        api.PUT("/api/site", {
          body: { keep_videos_days: days(videos), keep_results_days: days(results), keep_alarms_days: days(alarms) },
        }),
      ),
    onSuccess: (saved) => {
      client.setQueryData(["site"], saved);
      notifyDone("Saved");
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const common = { suffix: " days", min: 1, max: 3650, allowDecimal: false, placeholder: "for ever", w: 180 };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end">
        <NumberInput label="Videos" {...common} value={videos} onChange={setVideos} disabled={!admin} />
        <NumberInput
          label="Runs and their results"
          {...common}
          value={results}
          onChange={setResults}
          disabled={!admin}
        />
        <NumberInput label="Alarms" {...common} value={alarms} onChange={setAlarms} disabled={!admin} />
        {admin && (
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        )}
      </Group>
      {!admin && (
        <Text size="xs" c="dimmed" mt="xs">
          An administrator can change it.
        </Text>
      )}
      <Problems error={save.error} />
    </form>
  );
}
