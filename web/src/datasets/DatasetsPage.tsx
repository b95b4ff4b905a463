import { Button, Group, SimpleGrid, Skeleton } from "@mantine/core";
import { IconFolderPlus, IconPhotoSearch, IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { Confirm } from "../shared/Confirm";
import { EmptyState } from "../shared/EmptyState";
import { PageHeader } from "../shared/PageHeader";
import { Problems } from "../shared/problems";
import { useMay } from "../shared/session";
import { AddDialog } from "./AddDialog";
import { DatasetCard } from "./DatasetCard";
import { useDatasets, useDeleteDataset } from "./queries";
import type { Dataset } from "./types";
import { UploadDialog } from "./UploadDialog";

/** All data sets: what state they are in, and the way to each. */
export default function DatasetsPage() {
  const mayChange = useMay("analyst");
  const datasets = useDatasets();
  const remove = useDeleteDataset();
  const [params, setParams] = useSearchParams();
  const [doomed, setDoomed] = useState<Dataset | null>(null);
  const rows = datasets.data?.items ?? [];
  const show = (dialog?: "add" | "upload") => setParams(dialog ? { [dialog]: "1" } : {}, { replace: true });
  const add = mayChange && (
    <Group gap="xs">
      <Button variant="default" leftSection={<IconFolderPlus size={17} />} onClick={() => show("add")}>
        Add a folder
      </Button>
      <Button leftSection={<IconUpload size={17} />} onClick={() => show("upload")}>
        Upload a data set
      </Button>
    </Group>
  );
  const remover = () => doomed && remove.mutate(doomed.id, { onSettled: () => setDoomed(null) });
  return (
    <>
      <PageHeader
        title="Data sets"
        subtitle="Look at every picture, see what is wrong with the data, and put labels right."
        actions={rows.length > 0 && add}
      />
      <Problems error={datasets.error} onRetry={() => datasets.refetch()} />
      {datasets.isPending && <Waiting />}
      {datasets.isSuccess && rows.length === 0 && (
        <EmptyState icon={IconPhotoSearch} title="No data sets yet" action={add}>
          {mayChange
            ? "Upload a data set as .zip, or add a folder that lies on the server: one folder a class, CSV, COCO, YOLO, Label Studio, CVAT and others are understood. It is read and checked at once; your files are never changed."
            : "An analyst has to add one first."}
        </EmptyState>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md" component="ul" p={0} m={0}>
        {rows.map((dataset) => (
          <DatasetCard key={dataset.id} dataset={dataset} mayChange={mayChange} onDelete={setDoomed} />
        ))}
      </SimpleGrid>
      <AddDialog opened={params.has("add") && mayChange} onClose={() => show()} />
      <UploadDialog opened={params.has("upload") && mayChange} onClose={() => show()} />
      <Confirm
        opened={doomed !== null}
        title={`Remove “${doomed?.name ?? ""}”?`}
        action="Remove"
        danger
        loading={remove.isPending}
        onClose={() => setDoomed(null)}
        onConfirm={remover}
      >
        What was found and decided about it here is deleted.{" "}
        {doomed?.uploaded
          ? "Its pictures were uploaded to this server and are deleted too."
          : "Your own files stay as they are."}
      </Confirm>
    </>
  );
}

function Waiting() {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md" aria-busy="true">
      {["a", "b", "c"].map((key) => (
        <Skeleton key={key} h={190} />
      ))}
    </SimpleGrid>
  );
}
