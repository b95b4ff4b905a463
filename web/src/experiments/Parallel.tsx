/** Parallel coordinates of all runs: a page of the server's own, framed. */

import { Button, Group, Text } from "@mantine/core";
import { IconDownload, IconExternalLink } from "@tabler/icons-react";
import classes from "./frames.module.css";
import { parallelAddress } from "./queries";

export function Parallel({ experiment }: { experiment: string }) {
  const address = parallelAddress(experiment);
  return (
    <>
      <Group justify="space-between" gap="xs" mb="xs">
        <Text size="sm" c="dimmed">
          Drag along an axis to keep the runs in that range; drag a name to move its axis.
        </Text>
        <Group gap="xs">
          <Button
            component="a"
            href={address}
            target="_blank"
            rel="noreferrer"
            variant="default"
            leftSection={<IconExternalLink size={16} aria-hidden />}
          >
            Open alone
          </Button>
          <Button
            component="a"
            href={parallelAddress(experiment, true)}
            download
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            Save as one file
          </Button>
        </Group>
      </Group>
      {/* The page is the server's own, and its policy runs no script but its own: it may keep what its reader chose. */}
      <iframe
        className={classes.parallel}
        src={address}
        title={`Parallel coordinates of ${experiment}`}
        sandbox="allow-scripts allow-same-origin allow-downloads"
      />
    </>
  );
}
