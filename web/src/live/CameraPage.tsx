/** One camera: a larger picture, every figure of its health, its alarms, and what can be done with it. */

import { Alert, Anchor, Grid, Skeleton, Stack, Switch, Text } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconAlertTriangle, IconMapQuestion } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useParams } from "react-router";
import { EmptyState } from "../shared/EmptyState";
import { asSentence } from "../shared/format";
import { PageHeader } from "../shared/PageHeader";
import { Problems } from "../shared/problems";
import { CameraActs } from "./CameraActs";
import { CameraAlarms } from "./CameraAlarms";
import { CameraFigures } from "./CameraFigures";
import classes from "./camera.module.css";
import { LiveImage } from "./LiveImage";
import { camerasQuery, pictureOf } from "./queries";
import { StatePill } from "./StatePill";
import { named, sends } from "./states";
import type { Camera } from "./types";

// The one picture on the page may move as fast as the camera is looked at.
const EVERY_MS = 200;
const WIDTH = 1280;

export default function CameraPage() {
  const { name = "" } = useParams();
  const answer = useQuery(camerasQuery());
  const from = (useLocation().state as { from?: string } | null)?.from ?? "/wall";
  if (answer.isError && !answer.data) return <Problems error={answer.error} onRetry={() => answer.refetch()} />;
  if (!answer.data) return <Skeleton h={420} aria-busy="true" />;
  const camera = answer.data.find((one) => one.name === name);
  if (!camera) {
    const action = (
      <Anchor component={Link} to="/wall">
        See all cameras
      </Anchor>
    );
    return (
      <EmptyState icon={IconMapQuestion} title="There is no such camera" action={action}>
        It may have been removed, or the engine does not run.
      </EmptyState>
    );
  }
  return <Loaded key={name} camera={camera} from={from} />;
}

function Loaded({ camera, from }: { camera: Camera; from: string }) {
  const [boxes, setBoxes] = useLocalStorage({ key: "trackside-wall-boxes", defaultValue: true });
  return (
    <>
      <PageHeader
        title={named(camera)}
        above={
          <Anchor component={Link} to={from} size="sm">
            Cameras
          </Anchor>
        }
        subtitle={
          <span className={classes.subtitle}>
            <StatePill state={camera.state} size="lg" />
            <span>{camera.pipeline}</span>
          </span>
        }
        actions={<CameraActs camera={camera} />}
      />
      {camera.problem && (
        <Alert color="red" icon={<IconAlertTriangle aria-hidden />} mb="md" role="status">
          {asSentence(camera.problem)}
        </Alert>
      )}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <div className={classes.picture} data-away={camera.state !== "live" || undefined}>
            <LiveImage
              address={pictureOf(camera, boxes, WIDTH)}
              alt={`${named(camera)} right now`}
              every={EVERY_MS}
              active={sends(camera.state)}
            />
          </div>
          <div className={classes.under}>
            <Switch label="Boxes" checked={boxes} onChange={(event) => setBoxes(event.currentTarget.checked)} />
            <Text size="sm" c="dimmed" className={classes.address}>
              {camera.address}
            </Text>
          </div>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="lg">
            <CameraFigures camera={camera} />
            <CameraAlarms camera={camera} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}
