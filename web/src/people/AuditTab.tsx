import { Button, Group, Skeleton, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, must } from "../api/client";
import { moment } from "../shared/format";
import { Problems } from "../shared/problems";
import { Section } from "./Section";

/** Who did what, newest first. */
export function AuditTab() {
  const [text, setText] = useState("");
  const [action] = useDebouncedValue(text.trim(), 300);
  const audit = useInfiniteQuery({
    queryKey: ["audit", { action }],
    queryFn: ({ pageParam }) =>
      must(api.GET("/api/audit", { params: { query: { cursor: pageParam, action: action || undefined } } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    placeholderData: (before) => before,
  });
  const rows = audit.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section title="Audit log" about="Who changed what, newest first. Nobody can change these lines.">
      <TextInput
        aria-label="Only this action"
        placeholder="Only this action, for example video.delete"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        maw={340}
        mb="sm"
      />
      <Problems error={audit.error} />
      {audit.isPending && <Skeleton h={200} />}
      {audit.isSuccess && !rows.length && (
        <Text size="sm" c="dimmed">
          {action ? "No line has this action." : "Nothing has been changed yet."}
        </Text>
      )}
      {rows.length > 0 && (
        <Table.ScrollContainer minWidth={600}>
          <Table fz="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>When</Table.Th>
                <Table.Th>Who</Table.Th>
                <Table.Th>Action</Table.Th>
                <Table.Th>What</Table.Th>
                <Table.Th>From</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={row.id}>
                  <Table.Td style={{ whiteSpace: "nowrap" }}>{moment(row.at)}</Table.Td>
                  <Table.Td>{row.person || "–"}</Table.Td>
                  <Table.Td>{row.action}</Table.Td>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>{row.subject}</Table.Td>
                  <Table.Td>{row.address}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {audit.hasNextPage && (
        <Group justify="center" mt="sm">
          <Button variant="default" loading={audit.isFetchingNextPage} onClick={() => audit.fetchNextPage()}>
            Show more
          </Button>
        </Group>
      )}
    </Section>
  );
}
