import { Tooltip } from "@mantine/core";
import { IconActivity } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, must } from "../api/client";
import classes from "./AppFrame.module.css";

const total = (counts: Record<string, number> | undefined) => Object.values(counts ?? {}).reduce((a, b) => a + b, 0);

/** What the workers do, in a line that leads to the runs. */
export function QueueLine({ narrow }: { narrow: boolean }) {
  const queue = useQuery({ queryKey: ["queue"], queryFn: () => must(api.GET("/api/queue")), refetchInterval: 30_000 });
  const running = total(queue.data?.running);
  const waiting = total(queue.data?.waiting);
  const words = running + waiting ? `${running} running · ${waiting} waiting` : "Nothing is running";
  return (
    <Tooltip label={words} position="right" disabled={!narrow}>
      <Link to="/runs" className={classes.queue} data-busy={running > 0 || undefined} aria-label={`Queue: ${words}`}>
        <IconActivity size={17} stroke={1.8} aria-hidden />
        <span className={classes.label}>{words}</span>
      </Link>
    </Tooltip>
  );
}
