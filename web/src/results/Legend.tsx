/** The lines of a plot as switches that keyboard and touch can use. */

import { UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { Line } from "./figure";
import classes from "./plots.module.css";

// More lines than these push the plot out of sight.
const FEW = 8;

type Props = { lines: Line[]; shown: ReadonlySet<number>; onChange: (shown: Set<number>) => void };

export function Legend({ lines, shown, onChange }: Props) {
  const toggle = (index: number) => {
    const next = new Set(shown);
    if (!next.delete(index)) next.add(index);
    onChange(next);
  };
  const [whole, setWhole] = useState(lines.length <= FEW);
  const all = lines.every((line) => shown.has(line.index));
  const listed = whole ? lines : lines.filter((line, at) => at < FEW || shown.has(line.index));
  return (
    <fieldset className={classes.legend} style={{ border: 0, margin: "0 0 4px", padding: 0 }} aria-label="Lines">
      {listed.map((line) => (
        <UnstyledButton
          key={line.index}
          className={classes.line}
          aria-pressed={shown.has(line.index)}
          title="Double-click shows this line alone"
          onClick={() => toggle(line.index)}
          onDoubleClick={() => onChange(new Set([line.index]))}
        >
          <span
            className={classes.swatch}
            style={{ background: shown.has(line.index) ? line.colour : "var(--app-border)" }}
            aria-hidden
          />
          {line.name}
        </UnstyledButton>
      ))}
      {lines.length > FEW && (
        <UnstyledButton className={classes.line} aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? "Fewer" : `${lines.length - listed.length} more`}
        </UnstyledButton>
      )}
      {whole && lines.length > 3 && (
        <UnstyledButton
          className={classes.line}
          onClick={() => onChange(new Set(all ? [] : lines.map((line) => line.index)))}
        >
          {all ? "None" : "All"}
        </UnstyledButton>
      )}
    </fieldset>
  );
}
