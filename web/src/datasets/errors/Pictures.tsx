/** A row of small pictures that show what a group looks like. */

import { pictureOf } from "../pictures";
import type { Dataset } from "../types";
import classes from "./errors.module.css";

const SHOWN = 8;

export function Pictures({ dataset, rows, of }: { dataset: Dataset; rows: readonly number[]; of: string }) {
  const shown = [...new Set(rows)].slice(0, SHOWN);
  if (!shown.length) return null;
  return (
    <div className={classes.pictures} role="img" aria-label={`Some of ${of}`}>
      {shown.map((row) => (
        <img key={row} src={pictureOf(dataset, row, 160)} alt="" loading="lazy" decoding="async" />
      ))}
    </div>
  );
}
