import { Title } from "@mantine/core";
import type { ReactNode } from "react";

/** A headed part of the inspector. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={3} mb={8}>
        {title}
      </Title>
      {children}
    </section>
  );
}
