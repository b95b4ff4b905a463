import { Anchor, Group, Skeleton, Text, Title } from "@mantine/core";
import { Suspense } from "react";
import { Link, NavLink, Outlet, useOutletContext, useParams } from "react-router";
import { PageProblem } from "../../shared/PageProblem";
import { useTitle } from "../../shared/title";
import { Loading } from "../../shell/Loading";
import { useDataset } from "../queries";
import { Standing } from "../Standing";
import type { Dataset } from "../types";
import { VerdictPill } from "../VerdictPill";
import { isWorking } from "../words";
import classes from "./frame.module.css";
import { TABS } from "./tabs";

/** Around the pages of one data set: its name, how it stands, the way from page to page. */
export default function DatasetFrame() {
  const { id = "" } = useParams();
  const answer = useDataset(id);
  if (answer.isError && !answer.data) {
    return (
      <div className={classes.alone}>
        <PageProblem
          error={answer.error}
          onRetry={() => answer.refetch()}
          what="data set"
          to="/datasets"
          all="See all data sets"
        />
      </div>
    );
  }
  if (!answer.data) return <Loading />;
  // Another data set is another page: nothing of the one before may stay.
  return <Frame key={id} dataset={answer.data} />;
}

/** The data set of the page that is shown. */
export function useThisDataset(): Dataset {
  return useOutletContext<Dataset>();
}

function Frame({ dataset }: { dataset: Dataset }) {
  useTitle(dataset.name);
  return (
    <div className={classes.frame}>
      <header className={classes.head}>
        <Group gap={8} wrap="nowrap" className={classes.title}>
          <Anchor component={Link} to="/datasets" size="sm" className={classes.all}>
            Data sets
          </Anchor>
          <Text c="dimmed" size="sm" aria-hidden className={classes.all}>
            /
          </Text>
          <Title order={1} className={classes.name} title={dataset.name}>
            {dataset.name}
          </Title>
          {dataset.verdict && <VerdictPill verdict={dataset.verdict} size="sm" />}
        </Group>
        <nav className={classes.tabs} aria-label="Data set">
          {TABS.map(({ to, text }) => (
            <NavLink key={to} to={`/datasets/${dataset.id}${to}`} end={to === ""} className={classes.tab}>
              {text}
              {to === "/queue" && dataset.open > 0 && (
                <span className={classes.count}>{dataset.open.toLocaleString("en-GB")}</span>
              )}
            </NavLink>
          ))}
        </nav>
      </header>
      {(isWorking(dataset) || dataset.state === "failed") && (
        <div className={classes.standing} role="status">
          <Standing dataset={dataset} />
        </div>
      )}
      <div className={classes.body}>
        <Suspense
          fallback={
            <div className={classes.waiting}>
              <Skeleton h={320} />
            </div>
          }
        >
          <Outlet context={dataset} />
        </Suspense>
      </div>
    </div>
  );
}
