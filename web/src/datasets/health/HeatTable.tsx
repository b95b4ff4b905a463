import classes from "./health.module.css";
import { type Heat, shade } from "./heat";

// Per cent of the colour: darker, and the numbers could not be read in it.
const DARKEST = 45;

/** A heat map as a table: every number can be read, and by everybody. */
export function HeatTable({ title, heat }: { title: string; heat: Heat }) {
  const most = Math.max(0, ...heat.values.flat().filter(Number.isFinite));
  return (
    <figure className={classes.figure}>
      <section
        className={classes.heat}
        aria-label={title}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">{[heat.down, heat.across].filter(Boolean).join(" \\ ")}</th>
              {heat.columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {heat.rows.map((name, row) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {heat.columns.map((column, at) => (
                  <Cell key={column} value={heat.values[row]?.[at] ?? Number.NaN} most={most} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <figcaption>{title}</figcaption>
    </figure>
  );
}

function Cell({ value, most }: { value: number; most: number }) {
  const ground = `color-mix(in srgb, var(--mantine-color-brand-7) ${Math.round(DARKEST * shade(value, most))}%, transparent)`;
  return (
    <td style={{ background: ground }}>
      {Number.isFinite(value) ? Number(value.toPrecision(3)).toLocaleString("en-GB") : "–"}
    </td>
  );
}
