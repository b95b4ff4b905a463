import { Button, Group, Modal, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus, IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { ImportDialog } from "../editor/files/ImportDialog";
import RunDialog from "../runs/RunDialog";
import { PageHeader } from "../shared/PageHeader";
import { useMay } from "../shared/session";
import { PipelineList } from "./PipelineList";
import { type Pipeline, useDelete } from "./queries";
import { Templates } from "./Templates";

/** Templates to start from, and the pipelines that were saved. */
export default function PipelinesPage() {
  const [importing, imports] = useDisclosure(false);
  const [running, setRunning] = useState<Pipeline | null>(null);
  const [deleting, setDeleting] = useState<Pipeline | null>(null);
  const mayEdit = useMay("analyst");
  const navigate = useNavigate();
  return (
    <>
      <PageHeader
        title="Pipelines"
        subtitle="What is done with a video, drawn as blocks and wires. Start from a template, or from nothing."
        actions={
          mayEdit && (
            <>
              <Button variant="default" leftSection={<IconUpload size={16} aria-hidden />} onClick={imports.open}>
                Import
              </Button>
              <Button component={Link} to="/pipelines/new" leftSection={<IconPlus size={16} aria-hidden />}>
                Blank pipeline
              </Button>
            </>
          )
        }
      />
      <section aria-labelledby="templates">
        <Title order={2} id="templates" mb="sm">
          Templates
        </Title>
        <Templates />
      </section>
      <section aria-labelledby="mine" style={{ marginTop: 40 }}>
        <Title order={2} id="mine" mb="sm">
          Saved pipelines
        </Title>
        <PipelineList onRun={setRunning} onDelete={setDeleting} />
      </section>
      <ImportDialog
        opened={importing}
        onClose={imports.close}
        onGraph={(graph) => navigate("/pipelines/new", { state: { graph } })}
      />
      {running && (
        <RunDialog opened onClose={() => setRunning(null)} pipeline={{ id: running.id, name: running.name }} />
      )}
      <DeleteDialog pipeline={deleting} onClose={() => setDeleting(null)} />
    </>
  );
}

function DeleteDialog({ pipeline, onClose }: { pipeline: Pipeline | null; onClose: () => void }) {
  const remove = useDelete();
  return (
    <Modal opened={pipeline !== null} onClose={onClose} title={`Delete “${pipeline?.name ?? ""}”?`}>
      <Text size="sm">
        It goes with all its versions. Runs that were made with it keep their own copy and their results.
      </Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep it
        </Button>
        <Button
          color="red"
          loading={remove.isPending}
          onClick={() => pipeline && remove.mutate(pipeline.id, { onSettled: onClose })}
        >
          Delete
        </Button>
      </Group>
    </Modal>
  );
}
