import { Center, Stack, Text, ThemeIcon } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";

type Props = {
  icon: Icon;
  title: string;
  /** One sentence: what comes here, and what to do. */
  children?: ReactNode;
  /** The primary button. */
  action?: ReactNode;
};

/** What a list shows when nothing is in it. */
export function EmptyState({ icon: Picture, title, children, action }: Props) {
  return (
    <Center py={56} px="md">
      <Stack align="center" gap="xs" maw={420}>
        <ThemeIcon size={56} radius="xl" variant="light" aria-hidden>
          <Picture size={28} stroke={1.6} />
        </ThemeIcon>
        <Text fw={600} mt="xs" ta="center">
          {title}
        </Text>
        {children && (
          <Text c="dimmed" size="sm" ta="center">
            {children}
          </Text>
        )}
        {action && <div style={{ marginTop: 8 }}>{action}</div>}
      </Stack>
    </Center>
  );
}
