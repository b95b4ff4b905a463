import { Anchor, Group, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import classes from "./home.module.css";

type Props = { title: string; to: string; more: string; children: ReactNode };

/** One part of the start page, with the way to all of its kind. */
export function Row({ title, to, more, children }: Props) {
  return (
    <section className={classes.row} aria-label={title}>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{title}</Title>
        <Anchor component={Link} to={to} size="sm">
          {more}
        </Anchor>
      </Group>
      {children}
    </section>
  );
}
