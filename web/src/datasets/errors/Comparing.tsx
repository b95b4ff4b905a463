/** What moved since an earlier study. */

import { Alert, Badge, ScrollArea, Select, Skeleton, Table, Text, Title } from "@mantine/core";
import { useState } from "react";
import { counted } from "../../shared/format";
import { Problems } from "../../shared/problems";
import type { Dataset } from "../types";
import classes from "./errors.module.css";
import { useComparison, useStudies } from "./queries";
import type { Comparison, Moved, Study } from "./types";
import { fall, points, share, surely } from "./words";

const KINDS: Record<Moved["kind"], string> = { all: "All", tag: "Tags", class: "Classes", column: "Columns" };

export function Comparing({ dataset, study }: { dataset: Dataset; study: Study }) {
  const all = useStudies(dataset.id).data ?? [];
  // Earlier ones first: what moved is told from the other one to this one.
  const others = [
    ...all.filter((one) => one.created < study.created),
    ...all.filter((one) => one.created > study.created),
  ];
  const [other, setOther] = useState("");
  const comparison = useComparison(dataset.id, study.id, other);
  return (
    <section aria-label="Compare">
      <Title order={2}>What moved</Title>
      {others.length === 0 ? (
        <Text size="sm" c="dimmed" maw={820}>
          After a fix, bring the new predictions on the same items as another study of this data set: here you then see
          which tags and classes got better, and whether that is chance.
        </Text>
      ) : (
        <Select
          label="Compare with"
          placeholder="An earlier study"
          w={320}
          maw="100%"
          mb="sm"
          clearable
          clearButtonProps={{ "aria-label": "No comparison" }}
          data={others.map((one) => ({ value: one.id, label: `${one.name} (${share(one.error_rate)})` }))}
          value={other || null}
          onChange={(value) => setOther(value ?? "")}
        />
      )}
      <Problems error={comparison.error} />
      {other && comparison.isPending && <Skeleton h={160} />}
      {other && comparison.data && (
        <Told told={comparison.data} from={others.find((one) => one.id === other)?.name ?? ""} to={study.name} />
      )}
    </section>
  );
}

function Told({ told, from, to }: { told: Comparison; from: string; to: string }) {
  const { all } = told;
  const kinds = (["tag", "class", "column"] as const).filter((kind) => told.parts.some((one) => one.kind === kind));
  return (
    <>
      <Text size="sm" c="dimmed">
        From “{from}” to “{to}”
      </Text>
      <Text fw={600}>
        {fall(all.before / Math.max(1, all.count), all.after / Math.max(1, all.count))} over{" "}
        {counted(all.count, "common answer")}: {all.fixed} fixed, {all.new} new; {surely(all.p_value)}.
      </Text>
      {(told.only_before > 0 || told.only_after > 0) && (
        <Alert color="yellow" my="xs" py={6}>
          Left out: {counted(told.only_before, "answer")} of the earlier study alone, {told.only_after} of this one
          alone.
        </Alert>
      )}
      <ScrollArea type="auto">
        <Table mt="xs" miw={560} verticalSpacing={5}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Group</Table.Th>
              <Table.Th className={classes.number}>Mistakes</Table.Th>
              <Table.Th className={classes.number}>Fixed</Table.Th>
              <Table.Th className={classes.number}>New</Table.Th>
              <Table.Th className={classes.number}>Points</Table.Th>
              <Table.Th>Is it chance?</Table.Th>
            </Table.Tr>
          </Table.Thead>
          {kinds.map((kind) => (
            <Table.Tbody key={kind}>
              <Table.Tr>
                <Table.Th colSpan={6} scope="rowgroup" className={classes.kind}>
                  {KINDS[kind]}
                </Table.Th>
              </Table.Tr>
              {told.parts
                .filter((one) => one.kind === kind)
                .map((one) => (
                  <Line key={one.name} one={one} />
                ))}
            </Table.Tbody>
          ))}
        </Table>
      </ScrollArea>
      <Names title={`${told.fixed.length} fixed`} names={told.fixed} />
      <Names title={`${told.new.length} new`} names={told.new} />
    </>
  );
}

function Line({ one }: { one: Moved }) {
  const better = one.after < one.before;
  const sure = one.p_value !== null && one.p_value < 0.05;
  return (
    <Table.Tr>
      <Table.Td className={classes.wrap}>{one.name}</Table.Td>
      <Table.Td className={classes.number}>
        {one.before} → {one.after}
      </Table.Td>
      <Table.Td className={classes.number}>{one.fixed}</Table.Td>
      <Table.Td className={classes.number}>{one.kind === "tag" ? "–" : one.new}</Table.Td>
      <Table.Td className={classes.number}>
        {one.kind === "tag" || one.change === null ? "–" : points(one.change)}
      </Table.Td>
      <Table.Td>
        {sure ? (
          <Badge variant="light" color={better ? "green" : "red"} radius="sm" tt="none">
            {better ? "better" : "worse"}, {surely(one.p_value)}
          </Badge>
        ) : (
          <Text size="sm" c="dimmed" span>
            {surely(one.p_value)}
          </Text>
        )}
        {one.others_fixed !== null && (
          <Text size="xs" c="dimmed">
            {share(one.fixed / Math.max(1, one.count), 0)} fixed, of the other tags {share(one.others_fixed, 0)}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Names({ title, names }: { title: string; names: string[] }) {
  if (!names.length) return null;
  return (
    <details className={classes.why}>
      <summary>{title}</summary>
      <ul className={classes.names}>
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </details>
  );
}
