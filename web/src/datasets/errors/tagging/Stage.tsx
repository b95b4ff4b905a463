/** The picture of a mistake, as large as there is room; the next ones lie ready behind it. */

import { useEffect, useMemo, useRef } from "react";
import { coloursOf } from "../../colours";
import { Framed } from "../../Framed";
import { Outlines } from "../../Outlines";
import { pictureOf, sideFor } from "../../pictures";
import { editionOf, useFacets, useItem } from "../../queries";
import type { Dataset } from "../../types";
import type { Mistake } from "../types";
import classes from "./tagging.module.css";

type Props = { dataset: Dataset; mistake: Mistake; ahead: readonly Mistake[] };

// Pictures that are fetched before they are asked for, and how many of them are kept painted.
const FETCHED = 12;
const PAINTED = 2;

export function Stage({ dataset, mistake, ahead }: Props) {
  const side = useMemo(() => sideFor(Math.max(480, Math.min(window.innerWidth - 380, window.innerHeight))), []);
  useFetchedAhead(dataset, ahead, side);
  const ready = ahead.slice(0, PAINTED).filter((one) => one.row !== null);
  return (
    <div className={classes.stage}>
      {mistake.row === null ? (
        <p className={classes.gone}>The data set has no picture of this name: {mistake.item}</p>
      ) : (
        <Shown key={mistake.id} dataset={dataset} mistake={mistake} row={mistake.row} side={side} />
      )}
      <div className={classes.ready} aria-hidden>
        {ready.map((one) => (
          <img key={one.id} src={pictureOf(dataset, one.row ?? 0, side)} alt="" decoding="async" />
        ))}
      </div>
    </div>
  );
}

type ShownProps = { dataset: Dataset; mistake: Mistake; row: number; side: number };

function Shown({ dataset, mistake, row, side }: ShownProps) {
  const edition = editionOf(dataset);
  const item = useItem(dataset.id, edition, row).data;
  const facets = useFacets(dataset.id, edition, dataset.annotations > 0).data;
  const colour = useMemo(() => coloursOf(facets?.classes.map((one) => one.name) ?? []), [facets]);
  return (
    <figure className={classes.figure}>
      <Framed
        src={pictureOf(dataset, row, side)}
        alt={`${mistake.item}: is ${mistake.truth}, was taken for ${mistake.prediction}`}
        width={item?.width ?? 0}
        height={item?.height ?? 0}
      >
        {(view) =>
          item?.annotations?.length ? (
            <Outlines {...view} annotations={item.annotations} colour={colour} bones={facets?.bones ?? []} />
          ) : null
        }
      </Framed>
      {item?.text && <figcaption className={classes.text}>{item.text}</figcaption>}
    </figure>
  );
}

/** Has the pictures that come next in the browser's memory before they are shown. */
function useFetchedAhead(dataset: Dataset, ahead: readonly Mistake[], side: number) {
  const held = useRef(new Map<string, HTMLImageElement>());
  useEffect(() => {
    const next = new Map<string, HTMLImageElement>();
    for (const { row } of ahead.slice(0, FETCHED)) {
      if (row === null) continue;
      const src = pictureOf(dataset, row, side);
      const image = held.current.get(src) ?? new Image();
      if (!image.src) image.src = src;
      next.set(src, image);
    }
    held.current = next;
  }, [dataset, ahead, side]);
}
