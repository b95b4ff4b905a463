/** False alarms a camera and day: what people's own marks say of the rules. */

import { Anchor, Button, SegmentedControl, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import { IconDownload, IconThumbUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { useTitles } from "../live/useTitles";
import { EmptyState } from "../shared/EmptyState";
import { counted } from "../shared/format";
import { PageHeader } from "../shared/PageHeader";
import { Problems } from "../shared/problems";
import { summaryQuery } from "./queries";
import { byRule, perDay, type Summary, sharePart } from "./summary";
import classes from "./summary.module.css";

const PERIODS = [
  { value: "1", label: "Today" },
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
];

export default function SummaryPage() {
  const [days, setDays] = useState("7");
  const answer = useQuery(summaryQuery(Number(days)));
  const said = answer.data;
  return (
    <>
      <PageHeader
        title="False alarms"
        subtitle="How many of the alarms people called false, by camera and by rule. Days are those for which a camera was really watched."
        above={
          <Anchor component={Link} to="/alarms" size="sm">
            Alarms
          </Anchor>
        }
        actions={
          <>
            <SegmentedControl aria-label="Time" data={PERIODS} value={days} onChange={setDays} />
            <Button
              component="a"
              href="/api/alarms/false.zip"
              download
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
            >
              Export to label
            </Button>
          </>
        }
      />
      <Problems error={answer.error} onRetry={() => answer.refetch()} />
      {answer.isPending && <Skeleton h={260} aria-busy="true" />}
      {said && said.raised === 0 && (
        <EmptyState icon={IconThumbUp} title="No alarm in this time">
          {said.days > 0
            ? `The cameras were watched for ${counted(Math.round(said.days * 10) / 10, "day")} altogether.`
            : "Nothing was watched."}
        </EmptyState>
      )}
      {said && said.raised > 0 && <Tables said={said} />}
    </>
  );
}

function Tables({ said }: { said: Summary }) {
  const titleOf = useTitles();
  return (
    <Stack gap="xl">
      <dl className={classes.figures}>
        <Figure name="False alarms a camera and day" value={perDay(said.false_per_camera_day)} />
        <Figure name="Alarms" value={said.raised.toLocaleString("en-GB")} />
        <Figure name="Called false" value={`${said.false.toLocaleString("en-GB")} (${sharePart(said)})`} />
        <Figure name="Acknowledged" value={said.acknowledged.toLocaleString("en-GB")} />
      </dl>
      <ByRule said={said} />
      <section aria-labelledby="by-camera">
        <Title order={2} id="by-camera" mb="xs">
          By camera
        </Title>
        <Table.ScrollContainer minWidth={480}>
          <Table highlightOnHover>
            <Head name="Camera" last="False a day" />
            <Table.Tbody>
              {[...said.cameras]
                .sort((a, b) => b.false - a.false || b.raised - a.raised)
                .map((one) => (
                  <Table.Tr key={one.camera}>
                    <Table.Td>
                      <Anchor
                        component={Link}
                        to={`/alarms?state=all&camera=${encodeURIComponent(one.camera)}`}
                        size="sm"
                      >
                        {titleOf(one.camera)}
                      </Anchor>
                    </Table.Td>
                    <Table.Td className={classes.number}>{one.raised.toLocaleString("en-GB")}</Table.Td>
                    <Table.Td className={classes.number}>{one.false.toLocaleString("en-GB")}</Table.Td>
                    <Table.Td className={classes.number}>{sharePart(one)}</Table.Td>
                    <Table.Td className={classes.number} title={`watched for ${one.days.toFixed(2)} days`}>
                      {perDay(one.false_per_day)}
                    </Table.Td>
                  </Table.Tr>
                ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </section>
      <Text size="sm" c="dimmed">
        Alarms that nobody has marked count as alarms, not as false ones: the more are marked, the truer these figures.
      </Text>
    </Stack>
  );
}

function ByRule({ said }: { said: Summary }) {
  return (
    <section aria-labelledby="by-rule">
      <Title order={2} id="by-rule" mb="xs">
        By rule
      </Title>
      <Table.ScrollContainer minWidth={480}>
        <Table highlightOnHover>
          <Head name="Rule" last="Acknowledged" />
          <Table.Tbody>
            {byRule(said.rows).map((one) => (
              <Table.Tr key={one.rule}>
                <Table.Td>
                  <Anchor component={Link} to={`/alarms?state=all&rule=${encodeURIComponent(one.rule)}`} size="sm">
                    {one.rule}
                  </Anchor>
                </Table.Td>
                <Table.Td className={classes.number}>{one.raised.toLocaleString("en-GB")}</Table.Td>
                <Table.Td className={classes.number}>{one.false.toLocaleString("en-GB")}</Table.Td>
                <Table.Td className={classes.number}>{sharePart(one)}</Table.Td>
                <Table.Td className={classes.number}>{one.acknowledged.toLocaleString("en-GB")}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}

function Head({ name, last }: { name: string; last: string }) {
  return (
    <Table.Thead>
      <Table.Tr>
        <Table.Th>{name}</Table.Th>
        {["Alarms", "Called false", "Share false", last].map((text) => (
          <Table.Th key={text} className={classes.number}>
            {text}
          </Table.Th>
        ))}
      </Table.Tr>
    </Table.Thead>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
