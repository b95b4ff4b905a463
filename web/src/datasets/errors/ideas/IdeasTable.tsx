/** Ideas as a table; several can be chosen to see what they would win together. */

import { Anchor, Checkbox, NumberInput, ScrollArea, Table, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import type { Dataset } from "../../types";
import { useSetCost } from "../queries";
import type { Idea, Study } from "../types";
import { days, fall, points, range, share } from "../words";
import classes from "./ideas.module.css";
import { RangeBar } from "./RangeBar";
import { togetherOf } from "./together";

type Props = {
  dataset: Dataset;
  study: Study;
  ideas: Idea[];
  /** Of those that are chosen, or of all. */
  together: Idea | null;
  chosen: string[];
  onChoose: (tags: string[]) => void;
  mayChange: boolean;
};

export function IdeasTable({ dataset, study, ideas, together, chosen, onChoose, mayChange }: Props) {
  const top = Math.max(study.error_rate, ...ideas.map((one) => one.ceiling_high)) || 1;
  const joint = togetherOf(ideas, together, chosen);
  const turn = (tag: string) => onChoose(chosen.includes(tag) ? chosen.filter((one) => one !== tag) : [...chosen, tag]);
  return (
    <ScrollArea type="auto">
      <Table miw={780} verticalSpacing={7}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Idea</Table.Th>
            <Table.Th className={classes.number}>Mistakes</Table.Th>
            <Table.Th>Share of all mistakes</Table.Th>
            <Table.Th style={{ width: "26%" }}>Error rate, at its ceiling</Table.Th>
            <Table.Th>Person days</Table.Th>
            <Table.Th className={classes.number}>Points a day</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {ideas.map((one) => (
            <Table.Tr key={one.tag}>
              <Table.Td className={classes.idea}>
                <Checkbox
                  size="xs"
                  checked={chosen.includes(one.tag)}
                  onChange={() => turn(one.tag)}
                  aria-label={`Together: ${one.tag}`}
                  label={
                    <Anchor
                      component={Link}
                      size="sm"
                      to={`/datasets/${dataset.id}/errors/${study.id}/tag?tag=${encodeURIComponent(one.tag)}`}
                    >
                      {one.tag}
                    </Anchor>
                  }
                />
              </Table.Td>
              <Numbers idea={one} top={top} />
              <Table.Td>
                <Cost dataset={dataset} study={study} idea={one} mayChange={mayChange} />
              </Table.Td>
              <Table.Td className={classes.number}>{perDay(one)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
        {joint && (
          <Table.Tbody className={classes.together}>
            <Table.Tr>
              <Table.Td className={classes.idea}>
                <Text size="sm" fw={600}>
                  {joint.all ? "All together" : "Together"}
                </Text>
                {!joint.all && <span className={classes.interval}>{joint.idea.tag}</span>}
              </Table.Td>
              <Numbers idea={joint.idea} top={top} />
              <Table.Td>{joint.idea.days == null ? "–" : days(joint.idea.days)}</Table.Td>
              <Table.Td className={classes.number}>{perDay(joint.idea)}</Table.Td>
            </Table.Tr>
          </Table.Tbody>
        )}
      </Table>
      <Text size="xs" c="dimmed" mt={6}>
        {chosen.length > 1
          ? "A mistake with several of the chosen tags counts once."
          : "Tick several ideas to see what they would win together: a mistake with two tags counts once."}
      </Text>
    </ScrollArea>
  );
}

function Numbers({ idea, top }: { idea: Idea; top: number }) {
  return (
    <>
      <Table.Td className={classes.number}>{idea.count}</Table.Td>
      <Table.Td>
        {share(idea.share, 0)} <span className={classes.interval}>({range(idea.share_low, idea.share_high, 0)})</span>
      </Table.Td>
      <Table.Td>
        <Text size="sm" fw={600} span>
          {fall(idea.error_now, idea.ceiling)}
        </Text>{" "}
        <span className={classes.interval}>({range(idea.ceiling_low, idea.ceiling_high)})</span>
        <RangeBar
          value={idea.ceiling}
          low={idea.ceiling_low}
          high={idea.ceiling_high}
          from={0}
          to={top}
          mark={idea.error_now}
        />
      </Table.Td>
    </>
  );
}

function perDay(idea: Idea): string {
  return idea.gain_per_day == null ? "–" : points(-idea.gain_per_day);
}

type CostProps = { dataset: Dataset; study: Study; idea: Idea; mayChange: boolean };

/** The cost, typed in place; saved when the field is left. */
function Cost({ dataset, study, idea, mayChange }: CostProps) {
  const set = useSetCost(dataset.id, study.id);
  const [typed, setTyped] = useState<number | string | null>(null);
  if (!mayChange) return idea.days == null ? "–" : days(idea.days);
  const save = () => {
    if (typed === null) return;
    const value = typed === "" ? null : Number(typed);
    if (value !== (idea.days ?? null) && (value === null || value > 0)) {
      set.mutate({ tag: idea.tag, days: value }, { onSettled: () => setTyped(null) });
    } else setTyped(null);
  };
  return (
    <NumberInput
      aria-label={`Person days for ${idea.tag}`}
      size="xs"
      className={classes.days}
      min={0}
      max={10_000}
      decimalScale={2}
      placeholder="days?"
      value={typed ?? idea.days ?? ""}
      onChange={setTyped}
      onBlur={save}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      disabled={set.isPending}
    />
  );
}
