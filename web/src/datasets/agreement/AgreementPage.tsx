/** How far annotators agree, what they dispute, and the draft of a guide that would settle it. */

import { Anchor, Badge, Button, Code, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconBook2, IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, must } from "../../api/client";
import { EmptyState } from "../../shared/EmptyState";
import { counted } from "../../shared/format";
import { Problems } from "../../shared/problems";
import { useThisDataset } from "../frame/DatasetFrame";
import { FindingCard } from "../health/FindingCard";
import type { Dataset } from "../types";
import { isWorking } from "../words";
import classes from "./agreement.module.css";

function useAgreement({ id, checked }: Dataset) {
  return useQuery({
    queryKey: ["dataset-agreement", id, checked],
    queryFn: () => must(api.GET("/api/datasets/{dataset_id}/agreement", { params: { path: { dataset_id: id } } })),
    enabled: !!checked,
    staleTime: 60_000,
  });
}

export default function AgreementPage() {
  const dataset = useThisDataset();
  const agreement = useAgreement(dataset);
  const told = agreement.data;
  return (
    <div className={classes.page}>
      {!dataset.checked && (
        <EmptyState icon={IconUsers} title={isWorking(dataset) ? "The checks are at work" : "Not checked yet"}>
          Agreement between annotators appears here when the data set has been checked.
        </EmptyState>
      )}
      <Problems error={agreement.error} onRetry={() => agreement.refetch()} />
      {dataset.checked && agreement.isPending && <Skeleton h={240} />}
      {told && told.findings.length === 0 && <HowTo dataset={dataset} annotators={told.annotators} />}
      {told && told.findings.length > 0 && (
        <>
          <header className={classes.head}>
            <div>
              <Title order={2}>{counted(told.annotators.length, "annotator")}</Title>
              <Group gap={5} mt={6}>
                {told.annotators.slice(0, 30).map((name) => (
                  <Badge key={name} variant="default" radius="sm" tt="none" fw={500}>
                    {name}
                  </Badge>
                ))}
                {told.annotators.length > 30 && <Text size="sm">and {told.annotators.length - 30} more</Text>}
              </Group>
            </div>
            {told.guide && (
              <Button
                component="a"
                href={told.guide}
                target="_blank"
                rel="noreferrer"
                leftSection={<IconBook2 size={17} />}
              >
                Draft of a labelling guide
              </Button>
            )}
          </header>
          <Stack gap="md">
            {told.findings.map((finding) => (
              <FindingCard key={finding.check} dataset={dataset} finding={finding} />
            ))}
          </Stack>
        </>
      )}
    </div>
  );
}

const COCO = `{"id": 7, "image_id": 3, "category_id": 1, "bbox": [40, 30, 120, 80], "annotator": "ana"}
{"id": 8, "image_id": 3, "category_id": 2, "bbox": [42, 29, 118, 84], "annotator": "ben"}`;

/** How labels of several people come in. */
function HowTo({ dataset, annotators }: { dataset: Dataset; annotators: string[] }) {
  return (
    <>
      <EmptyState icon={IconUsers} title="Nothing was judged by two people">
        {annotators.length > 1
          ? `${annotators.length} annotators are named, but no item was judged by two of them. Let them label some 50 items in common.`
          : "What two people label differently, no network can learn. Let two or more of them label the same 50 to 100 items, apart from each other."}
      </EmptyState>
      <section className={classes.how} aria-label="How labels of several annotators get in">
        <Title order={3}>How their labels get in</Title>
        <ul>
          <li>
            <strong>Label Studio:</strong> set the overlap of annotations to 2 or more, export as JSON, put the file
            beside the pictures. Who completed each annotation is read from it.
          </li>
          <li>
            <strong>COCO:</strong> write the name of the person into each annotation as <Code>annotator</Code>:
            <Code block mt={6}>
              {COCO}
            </Code>
          </li>
        </ul>
        <Text size="sm">
          Then check the data set again. You get Krippendorff's alpha with its interval, agreement by class and by
          annotator, the disputed items in the{" "}
          <Anchor component={Link} to={`/datasets/${dataset.id}/queue`} inherit underline="always">
            queue
          </Anchor>
          , and a draft of a labelling guide with examples.
        </Text>
      </section>
    </>
  );
}
