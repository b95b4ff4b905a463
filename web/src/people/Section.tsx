import { Box, Group, Paper, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

type Props = { title: string; about?: ReactNode; action?: ReactNode; children?: ReactNode };

/** One framed part of a settings tab. */
export function Section({ title, about, action, children }: Props) {
  return (
    <Paper component="section" aria-label={title} withBorder p="lg" mb="md">
      <Group justify="space-between" align="flex-start" mb={children ? "md" : 0} wrap="nowrap">
        <Box>
          <Title order={2}>{title}</Title>
          {about && (
            <Text size="sm" c="dimmed" mt={2} maw={620}>
              {about}
            </Text>
          )}
        </Box>
        {action}
      </Group>
      {children}
    </Paper>
  );
}
