import { Box, Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTitle } from "./title";

type Props = {
  title: string;
  /** One sentence under the title. */
  subtitle?: ReactNode;
  /** Buttons at the right. */
  actions?: ReactNode;
  /** Something above the title, for example breadcrumbs. */
  above?: ReactNode;
};

/** The head of a page; it names the document too. */
export function PageHeader({ title, subtitle, actions, above }: Props) {
  useTitle(title);
  return (
    <Box component="header" mb="lg">
      {above}
      <Group justify="space-between" align="flex-end" gap="md">
        <Box style={{ minWidth: 0, flex: "1 1 280px" }}>
          <Title order={1} style={{ overflowWrap: "anywhere" }}>
            {title}
          </Title>
          {subtitle && (
            <Text c="dimmed" mt={4} maw={720}>
              {subtitle}
            </Text>
          )}
        </Box>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
    </Box>
  );
}
