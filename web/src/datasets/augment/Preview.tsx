/** What the recipe makes of an item: twelve pictures beside the one it comes from. */

import { Button, Group, Skeleton, Text, Title } from "@mantine/core";
import { IconArrowsShuffle, IconPhoto } from "@tabler/icons-react";
import { Problems } from "../../shared/problems";
import classes from "./augment.module.css";
import type { Tried } from "./types";

type Props = {
  tried: Tried | undefined;
  /** Newer pictures are on their way. */
  stale: boolean;
  error: Error | null;
  empty: boolean;
  onAnother: () => void;
  onAgain: () => void;
};

export function Preview({ tried, stale, error, empty, onAnother, onAgain }: Props) {
  return (
    <section aria-label="Preview" className={classes.preview}>
      <Group justify="space-between" mb="xs">
        <Title order={3}>What it makes of an item</Title>
        <Group gap="xs">
          <Button size="xs" variant="default" leftSection={<IconPhoto size={15} />} onClick={onAnother}>
            Another item
          </Button>
          <Button size="xs" variant="default" leftSection={<IconArrowsShuffle size={15} />} onClick={onAgain}>
            Draw again
          </Button>
        </Group>
      </Group>
      <Problems error={error} />
      <General warnings={tried?.warnings ?? []} />
      {!tried && !error && <Skeleton h={420} />}
      {tried && !error && (
        <div className={classes.pictures} data-stale={stale || undefined} aria-busy={stale}>
          <figure className={classes.original}>
            <img src={tried.original} alt="The item as it is" />
            <figcaption>as it is</figcaption>
          </figure>
          {!empty &&
            tried.pictures.map((src, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a picture is its number
              <figure key={place}>
                <img src={src} alt={`Number ${place + 1}: ${tried.captions?.[place] ?? ""}`} />
                <figcaption>{tried.captions?.[place]}</figcaption>
              </figure>
            ))}
        </div>
      )}
      {empty && tried && (
        <Text size="sm" c="dimmed" mt="sm">
          Pictures appear here with the first step.
        </Text>
      )}
    </section>
  );
}

/** Warnings that are about no single step. */
function General({ warnings }: { warnings: Tried["warnings"] }) {
  const general = warnings.filter((one) => !(Number(one.step) > 0));
  if (!general.length) return null;
  return (
    <ul className={classes.general}>
      {general.map((one) => (
        <li key={one.says}>{one.says}</li>
      ))}
    </ul>
  );
}
