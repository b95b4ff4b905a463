/** Whom an alarm was told, and how that went. */

import { Anchor, Table, Text, Title } from "@mantine/core";
import { Link } from "react-router";
import { ago, moment } from "../shared/format";
import { StatusPill } from "../shared/StatusPill";
import { kindOf } from "./channels/kinds";
import type { Delivery } from "./types";

export function Deliveries({ deliveries }: { deliveries: Delivery[] }) {
  return (
    <section aria-labelledby="deliveries">
      <Title order={3} id="deliveries" mb={6}>
        Told to
      </Title>
      {deliveries.length === 0 && (
        <Text size="sm" c="dimmed">
          No channel takes this alarm.{" "}
          <Anchor component={Link} to="/settings/channels" size="sm" underline="always">
            Set up channels
          </Anchor>
        </Text>
      )}
      {deliveries.length > 0 && (
        <Table.ScrollContainer minWidth={440}>
          <Table fz="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Channel</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th>Tries</Table.Th>
                <Table.Th>Answer</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {deliveries.map((one) => (
                <Table.Tr key={one.channel_id}>
                  <Table.Td>
                    {one.channel || kindOf(one.kind).text}{" "}
                    <Text span inherit c="dimmed">
                      ({kindOf(one.kind).text})
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <StatusPill state={one.state} size="sm" />
                  </Table.Td>
                  <Table.Td>{one.attempts}</Table.Td>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>
                    {one.answer}
                    {one.state === "waiting" && one.attempts > 0 && (
                      <Text span inherit c="dimmed" title={moment(one.next_try)}>
                        {" "}
                        Next try {dueText(one.next_try)}.
                      </Text>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  );
}

function dueText(value: string): string {
  const seconds = (new Date(value).getTime() - Date.now()) / 1000;
  if (seconds <= 0) return ago(value);
  return seconds < 90 ? `in ${Math.round(seconds)} seconds` : `in ${Math.round(seconds / 60)} minutes`;
}
