/** The picture that is decided about, as large as there is room; the next ones lie ready behind it. */

import { useEffect, useMemo, useRef } from "react";
import { Framed, type View } from "../Framed";
import { Outlines } from "../Outlines";
import { pictureOf, sideFor } from "../pictures";
import type { Dataset, Entry } from "../types";
import { shortName } from "../words";
import { Editor } from "./Editor";
import type { Drawing } from "./editing";
import classes from "./queue.module.css";
import { partnerOf } from "./shared";

type Props = {
  dataset: Dataset;
  entry: Entry;
  ahead: readonly Entry[];
  outlines: boolean;
  colour: (label: string) => string;
  bones: readonly (readonly number[])[];
  drawing: Drawing | null;
  onDrawing: (drawing: Drawing) => void;
  newLabel: string;
  k: number;
};

// Pictures that are fetched before they are asked for.
const FETCHED = 12;
// And how many of them are kept painted, so that the next appears within the same frame.
const PAINTED = 3;

export function Stage(props: Props) {
  const { dataset, entry, ahead } = props;
  const side = useMemo(() => sideFor(Math.max(480, Math.min(window.innerWidth - 380, window.innerHeight))), []);
  useFetchedAhead(dataset, ahead, side);
  const pair = partnerOf(entry);
  const ready = ahead.filter((one) => one.id !== entry.id && one.row >= 0).slice(0, PAINTED);
  return (
    <section className={classes.stage} aria-label="To decide">
      <figure className={classes.figure} key={entry.id}>
        <Large {...props} side={side} />
        {pair && <figcaption>This one: {shortName(entry.item)}</figcaption>}
      </figure>
      {pair && (
        <figure className={classes.figure}>
          <Framed src={pictureOf(dataset, pair.row, side)} alt={`The other one: ${pair.name}`} width={0} height={0} />
          <figcaption>The other one: {shortName(pair.name)}</figcaption>
        </figure>
      )}
      <div className={classes.ready} aria-hidden>
        {ready.map((one) => (
          <img key={one.id} src={pictureOf(dataset, one.row, side)} alt="" decoding="async" />
        ))}
      </div>
    </section>
  );
}

function Large({
  dataset,
  entry,
  side,
  outlines,
  colour,
  bones,
  drawing,
  onDrawing,
  newLabel,
  k,
}: Props & { side: number }) {
  const suspected = new Set(entry.suspects.map((one) => one.annotation ?? -1).filter((number) => number >= 0));
  const over = (view: View) => {
    if (drawing) {
      const common = { view, drawing, colour, bones, k };
      return <Editor {...common} onChange={onDrawing} label={newLabel} />;
    }
    if (!outlines) return null;
    return <Outlines {...view} annotations={entry.annotations} colour={colour} bones={bones} suspected={suspected} />;
  };
  if (entry.row < 0) return <p className={classes.gone}>This picture is not in the data set any more: {entry.item}</p>;
  return (
    <Framed
      src={pictureOf(dataset, entry.row, side)}
      alt={[shortName(entry.item), entry.label].filter(Boolean).join(", ")}
      width={entry.width}
      height={entry.height}
    >
      {over}
    </Framed>
  );
}

/** Has the pictures that come next in the browser's memory before they are shown. */
function useFetchedAhead(dataset: Dataset, ahead: readonly Entry[], side: number) {
  const held = useRef(new Map<string, HTMLImageElement>());
  useEffect(() => {
    const wanted = ahead.slice(0, FETCHED).flatMap((one) => {
      const pair = partnerOf(one);
      const rows = [one.row, ...(pair ? [pair.row] : [])];
      return rows.filter((row) => row >= 0).map((row) => pictureOf(dataset, row, side));
    });
    const next = new Map<string, HTMLImageElement>();
    for (const src of wanted) {
      const image = held.current.get(src) ?? new Image();
      if (!image.src) image.src = src;
      next.set(src, image);
    }
    held.current = next;
  }, [dataset, ahead, side]);
}
