/** What a table of predictions looks like. */

import { Anchor, Code, Text, Title } from "@mantine/core";
import type { Dataset } from "../types";
import classes from "./errors.module.css";
import { useSample } from "./sample";

const HEAD = "item,truth,prediction,score,camera";

/** The example with names of this data set, so that it can be filled in as it is. */
export function exampleOf(names: string[], labels: string[]): string {
  const kinds = [...new Set(labels.filter(Boolean))];
  const rows = names.map((name, place) => {
    const truth = labels[place] || "ant";
    const other = kinds.find((one) => one !== truth) ?? "bee";
    return [name, truth, place % 2 ? truth : other, place % 2 ? "0.97" : "0.61", place % 2 ? "phone" : "reflex"]
      .map(cell)
      .join(",");
  });
  return [HEAD, ...rows].join("\n");
}

function cell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function Example({ dataset }: { dataset: Dataset }) {
  const text = useExample(dataset);
  return (
    <section className={classes.example} aria-label="An example">
      <Title order={3}>The table</Title>
      <Text size="sm" mt={4}>
        A CSV file, a row for each item of the whole test set, right answers too. Columns <Code>item</Code>,{" "}
        <Code>truth</Code> and <Code>prediction</Code>; <Code>score</Code> if there is one. Instead of a prediction
        there may be a probability for each class (<Code>p_ant</Code>, <Code>p_bee</Code>). Any more columns (camera,
        weather, session) are searched for groups that fail.
      </Text>
      <Code block mt="sm">
        {text}
      </Code>
      <Anchor size="sm" href={`data:text/csv;charset=utf-8,${encodeURIComponent(text)}`} download="predictions.csv">
        Save this example
      </Anchor>
    </section>
  );
}

function useExample(dataset: Dataset): string {
  const items = useSample(dataset, 4);
  return exampleOf(
    items?.names.length ? items.names : ["test/1.jpg", "test/2.jpg", "test/3.jpg"],
    items?.labels ?? ["ant", "ant", "bee"],
  );
}
