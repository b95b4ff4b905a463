/** The newest alarms of one camera. */

import { Anchor, Card, Group, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { AlarmRow } from "../alarms/AlarmRow";
import { alarmsQuery } from "../alarms/queries";
import { Problems } from "../shared/problems";
import classes from "./camera.module.css";
import type { Camera } from "./types";

const SHOWN = 6;

export function CameraAlarms({ camera }: { camera: Camera }) {
  const answer = useInfiniteQuery(alarmsQuery({ state: "", camera: camera.name, rule: "", days: 0 }, SHOWN));
  const alarms = answer.data?.pages[0]?.items ?? [];
  return (
    <Card component="section" aria-labelledby="camera-alarms">
      <Group justify="space-between" mb="xs">
        <Title order={2} id="camera-alarms" fz="md">
          Alarms
        </Title>
        {alarms.length > 0 && (
          <Anchor component={Link} to={`/alarms?state=all&camera=${encodeURIComponent(camera.name)}`} size="sm">
            See all
          </Anchor>
        )}
      </Group>
      <Problems error={answer.error} onRetry={() => answer.refetch()} />
      {answer.isSuccess && !alarms.length && (
        <Text size="sm" c="dimmed">
          None so far.
        </Text>
      )}
      {alarms.length > 0 && (
        <Card.Section withBorder>
          <ul className={classes.alarms} aria-label={`Newest alarms of ${camera.title || camera.name}`}>
            {alarms.map((alarm) => (
              <li key={alarm.id}>
                <AlarmRow
                  alarm={alarm}
                  to={`/alarms/${alarm.id}?state=all&camera=${encodeURIComponent(camera.name)}`}
                  brief
                />
              </li>
            ))}
          </ul>
        </Card.Section>
      )}
    </Card>
  );
}
