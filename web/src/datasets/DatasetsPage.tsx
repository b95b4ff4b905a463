import { Button, SimpleGrid, Skeleton } from "@mantine/core";
import { IconPhotoSearch, IconPlus } from "@tabler/icons-react";
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

/** All data sets: what state they are in, and the way to each. */
export default function DatasetsPage() {
  const mayChange = useMay("analyst");
  const datasets = useDatasets();
  const remove = useDeleteDataset();
  const [params, setParams] = useSearchParams();
  const [doomed, setDoomed] = useState<Dataset | null>(null);
  const rows = datasets.data?.items ?? [];
  const adding = params.has("add");
  const setAdding = (open: boolean) => setParams(open ? { add: "1" } : {}, { replace: true });
  const add = mayChange && (
    <Button leftSection={<IconPlus size={17} />} onClick={() => setAdding(true)}>
      Add a data set
    </Button>
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
            ? "Add a folder of pictures: one folder a class, CSV, COCO, YOLO, Label Studio, CVAT and others are understood. It is read and checked at once; your files are never changed."
            : "An analyst has to add one first."}
        </EmptyState>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md" component="ul" p={0} m={0}>
        {rows.map((dataset) => (
          <DatasetCard key={dataset.id} dataset={dataset} mayChange={mayChange} onDelete={setDoomed} />
        ))}
      </SimpleGrid>
      <AddDialog opened={adding && mayChange} onClose={() => setAdding(false)} />
      <Confirm
        opened={doomed !== null}
        title={`Remove “${doomed?.name ?? ""}”?`}
        action="Remove"
        danger
        loading={remove.isPending}
        onClose={() => setDoomed(null)}
        onConfirm={remover}
      >
        What was found and decided about it here is deleted. Your own files stay as they are; pictures that were
        uploaded to this server are deleted too.
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
