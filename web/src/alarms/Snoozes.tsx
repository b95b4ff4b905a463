/** Rules that tell nobody for a while, with the way to let them tell again. */

import { Alert, Button } from "@mantine/core";
import { IconBellZ } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTitles } from "../live/useTitles";
import { counted } from "../shared/format";
import { useMay } from "../shared/session";
import classes from "./page.module.css";
import { snoozesQuery, useEndSnooze } from "./queries";
import { whenText } from "./words";

export function Snoozes() {
  const may = useMay("analyst");
  const all = useQuery(snoozesQuery()).data ?? [];
  const end = useEndSnooze();
  const titleOf = useTitles();
  if (!all.length) return null;
  const title = `${counted(all.length, "rule")} ${all.length === 1 ? "is" : "are"} snoozed`;
  return (
    <Alert color="yellow" icon={<IconBellZ aria-hidden />} title={title} mb="md">
      <ul className={classes.snoozes}>
        {all.map(({ id, camera, rule, until, who }) => (
          <li key={id}>
            <span>
              <strong>{rule}</strong> on <strong>{titleOf(camera)}</strong> until {whenText(until)}
              {who && `, by ${who}`}
            </span>
            {may && (
              <Button
                size="compact-xs"
                variant="default"
                loading={end.isPending && end.variables === id}
                onClick={() => end.mutate(id)}
              >
                Let it tell again
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
