import { Anchor, SimpleGrid, Text } from "@mantine/core";
import { Link } from "react-router";
import { pictureOf } from "../datasets/pictures";
import { useDatasets } from "../datasets/queries";
import type { Dataset } from "../datasets/types";
import { VerdictPill } from "../datasets/VerdictPill";
import { isWorking } from "../datasets/words";
import { percent } from "../shared/format";
import { useMay } from "../shared/session";
import { Thumbnail } from "../shared/Thumbnail";
import classes from "./home.module.css";
import { Row } from "./Row";

const SHOWN = 4;

/** The newest data sets; the way to the first one where there is none. */
export function RecentDatasets() {
  const datasets = useDatasets();
  const mayAdd = useMay("analyst");
  const rows = datasets.data?.items;
  if (!rows) return null;
  if (rows.length === 0) return mayAdd ? <Invitation /> : null;
  return (
    <Row title="Data sets" to="/datasets" more="All data sets">
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md">
        {rows.slice(0, SHOWN).map((dataset) => (
          <DatasetTile key={dataset.id} dataset={dataset} />
        ))}
      </SimpleGrid>
    </Row>
  );
}

function Invitation() {
  return (
    <Row title="Data sets" to="/datasets" more="All data sets">
      <Text size="sm">
        Training a network of your own?{" "}
        <Anchor component={Link} to="/datasets?upload=1" inherit underline="always">
          Upload a data set
        </Anchor>{" "}
        to look at every picture, find wrong labels, duplicates and leaks, and put them right.
      </Text>
    </Row>
  );
}

function DatasetTile({ dataset }: { dataset: Dataset }) {
  const picture = dataset.items > 0 && dataset.readable ? pictureOf(dataset, 0, 384) : "";
  return (
    <Link to={`/datasets/${dataset.id}`} className={classes.tile}>
      <Thumbnail src={picture} />
      <span className={classes.tileText}>
        <Text size="sm" fw={550} truncate>
          {dataset.name}
        </Text>
        <Text size="xs" c="dimmed" mb={4}>
          {isWorking(dataset) ? `being checked, ${percent(dataset.fraction)}` : openWords(dataset)}
        </Text>
        {dataset.verdict && <VerdictPill verdict={dataset.verdict} size="sm" />}
      </span>
    </Link>
  );
}

function openWords({ open }: Dataset): string {
  return open ? `${open.toLocaleString("en-GB")} to decide` : "nothing to decide";
}
