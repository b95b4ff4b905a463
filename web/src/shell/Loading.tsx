import { Skeleton, Stack, VisuallyHidden } from "@mantine/core";

/** The grey outline of a page that is on its way. */
export function Loading() {
  return (
    <Stack p="lg" gap="md" maw={1280} aria-busy="true">
      <VisuallyHidden role="status">Loading</VisuallyHidden>
      <Skeleton h={30} w={220} />
      <Skeleton h={16} w="60%" maw={420} />
      <Skeleton h={160} />
      <Skeleton h={160} />
    </Stack>
  );
}
