import { Badge, Button, Drawer, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, must, type Shape } from "../../api/client";
import { counted, moment } from "../../shared/format";
import { notifyDone, notifyProblem, Problems } from "../../shared/problems";
import { useMay } from "../../shared/session";
import { laidOut } from "../model/layout";
import { look, useEditor } from "../state/store";
import { getVersions, setSaved } from "./saving";

type Props = { opened: boolean; onClose: () => void };

/** Every saved version: who, when, why; look at one, or make it the newest. */
export function HistoryDrawer({ opened, onClose }: Props) {
  const id = useEditor((state) => state.saved.id);
  const versions = useQuery({
    queryKey: ["versions", id],
    queryFn: () => getVersions(id ?? ""),
    enabled: opened && id !== null,
  });
  return (
    <Drawer opened={opened} onClose={onClose} position="right" title="History">
      {id === null && (
        <Text size="sm">This pipeline has not been saved yet. Every time you save, a version comes here.</Text>
      )}
      <Problems error={versions.error} onRetry={() => versions.refetch()} />
      <Stack gap="sm">
        {versions.data?.items.map((version, place) => (
          <Version key={version.number} id={id ?? ""} version={version} newest={place === 0} onDone={onClose} />
        ))}
      </Stack>
    </Drawer>
  );
}

type VersionProps = { id: string; version: Shape<"VersionShape">; newest: boolean; onDone: () => void };

function Version({ id, version, newest, onDone }: VersionProps) {
  const client = useQueryClient();
  const mayEdit = useMay("analyst");
  const path = { pipeline_id: id, number: version.number };
  const peek = useMutation({
    mutationFn: () => must(api.GET("/api/pipelines/{pipeline_id}/versions/{number}", { params: { path } })),
    onError: notifyProblem,
    onSuccess: ({ graph }) => {
      look((blocks) => laidOut(blocks, graph));
      const keep = mayEdit ? "Save to keep it, or press" : "Press";
      notifyDone(`This is version ${version.number}. ${keep} Ctrl+Z to go back.`);
      onDone();
    },
  });
  const restore = useMutation({
    mutationFn: () => must(api.POST("/api/pipelines/{pipeline_id}/versions/{number}/restore", { params: { path } })),
    onError: notifyProblem,
    onSuccess: (full) => {
      look((blocks) => laidOut(blocks, full.graph));
      setSaved(full, useEditor.getState().graph);
      client.invalidateQueries({ queryKey: ["versions", id] });
      client.invalidateQueries({ queryKey: ["pipelines"] });
      notifyDone(`Version ${version.number} is the newest again, as version ${full.version}.`);
      onDone();
    },
  });
  return (
    <div style={{ borderBottom: "1px solid var(--app-border)", paddingBottom: 12 }}>
      <Group gap="xs">
        <Text fw={600} size="sm">
          Version {version.number}
        </Text>
        {newest && (
          <Badge variant="light" tt="none">
            Newest
          </Badge>
        )}
      </Group>
      {version.note && <Text size="sm">{version.note}</Text>}
      <Text size="xs" c="dimmed">
        {[version.author, moment(version.created), counted(version.blocks ?? 0, "block")].filter(Boolean).join(" · ")}
      </Text>
      <Group gap="xs" mt={6}>
        <Button size="compact-xs" variant="default" loading={peek.isPending} onClick={() => peek.mutate()}>
          Look at it
        </Button>
        {!newest && mayEdit && (
          <Button size="compact-xs" variant="default" loading={restore.isPending} onClick={() => restore.mutate()}>
            Restore
          </Button>
        )}
      </Group>
    </div>
  );
}
