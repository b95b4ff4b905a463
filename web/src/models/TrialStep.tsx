/** Step 4: try it on a picture, then install it. */

import { Alert, Button, FileButton, Group, Loader, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconPhoto } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, must, type Shape } from "../api/client";
import { notifyDone, Problems } from "../shared/problems";
import { DropFile } from "./DropFile";
import classes from "./drop.module.css";
import type { Wizard } from "./useWizard";

type Trial = Shape<"Trial">;
type Props = { wizard: Wizard; onBack: () => void; onDone: (name: string) => void };

export function TrialStep({ wizard, onBack, onDone }: Props) {
  const client = useQueryClient();
  const path = { path: { draft_id: wizard.draft?.id ?? "" } };
  const trial = useMutation({
    mutationFn: (file: File) => must(api.POST("/api/drafts/{draft_id}/trial", { params: path, ...asForm(file) })),
  });
  const install = useMutation({
    mutationFn: () => must(api.POST("/api/drafts/{draft_id}/install", { params: path })),
    onSuccess: (model) => {
      void client.invalidateQueries({ queryKey: ["models"] });
      notifyDone(`${model.name} is installed.`);
      onDone(model.name);
    },
  });
  const take = (file: File | null) => {
    if (file) trial.mutate(file);
  };
  return (
    <Stack>
      <DropFile onFile={take} disabled={trial.isPending}>
        {trial.isPending ? (
          <Group>
            <Loader size="sm" /> <Text>The network looks at it…</Text>
          </Group>
        ) : (
          <>
            <Text fw={550}>Drop a test picture here</Text>
            <Text size="sm" c="dimmed" mb="sm">
              One of which you know what should be found
            </Text>
            <FileButton onChange={take} accept="image/*">
              {(props) => (
                <Button {...props} variant="default" leftSection={<IconPhoto size={16} aria-hidden />}>
                  Choose a picture
                </Button>
              )}
            </FileButton>
          </>
        )}
      </DropFile>
      <Problems error={trial.error} />
      {trial.data && <Seen trial={trial.data} />}
      <Problems error={install.error} />
      <Group justify="space-between">
        <Button variant="default" onClick={onBack}>
          Back
        </Button>
        <Group gap="sm">
          {!trial.data && (
            <Text size="sm" c="dimmed">
              You can install it without a test.
            </Text>
          )}
          <Button onClick={() => install.mutate()} loading={install.isPending}>
            Install
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}

/** A file as a form: the client would make JSON of it. */
function asForm(file: File) {
  return {
    body: { file: "" },
    bodySerializer: () => {
      const form = new FormData();
      form.append("file", file);
      return form;
    },
  };
}

function Seen({ trial }: { trial: Trial }) {
  const bad = trial.findings.filter((finding) => finding.verdict !== "ok");
  return (
    <Stack gap="sm">
      {trial.picture && <img className={classes.picture} src={trial.picture} alt={`What was found: ${trial.words}`} />}
      <Text ta="center" fw={550}>
        {trial.words}
      </Text>
      {bad.length === 0 && (
        <Alert color="green" icon={<IconCheck aria-hidden />}>
          The network keeps what its card says.
        </Alert>
      )}
      {bad.map((finding) => (
        <Alert
          key={String(finding.check)}
          color={finding.verdict === "fail" || finding.verdict === "error" ? "red" : "yellow"}
          icon={<IconAlertTriangle aria-hidden />}
          styles={{ title: { color: "var(--mantine-color-text)" } }}
          title={String(finding.asks ?? finding.check ?? "")}
        >
          {String(finding.says ?? "")}
          {Boolean(finding.next_step) && <Text size="sm">What to do: {String(finding.next_step)}</Text>}
        </Alert>
      ))}
    </Stack>
  );
}
