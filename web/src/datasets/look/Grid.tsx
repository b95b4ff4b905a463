/** A wall of pictures: only those in sight are there, whatever their number. */

import { type KeyboardEvent, memo, useEffect, useMemo, useRef } from "react";
import { Problems } from "../../shared/problems";
import { sideFor } from "../pictures";
import type { Dataset } from "../types";
import { CellView } from "./CellView";
import { GAP, geometryOf, moved, rowsInSight, scrollTo } from "./geometry";
import classes from "./grid.module.css";
import type { Cell, Source } from "./items";
import { useScroll, useSize } from "./useScroll";

type Props = {
  dataset: Dataset;
  source: Source;
  /** Pixels of a picture, about. */
  zoom: number;
  /** The place of the cell that the keys move from. */
  active: number;
  chosen: ReadonlySet<number>;
  onActive: (index: number) => void;
  onOpen: (index: number) => void;
  onChoose: (index: number, range: boolean) => void;
  /** Which places are in sight, so that what lies there is fetched. */
  onRange: (from: number, to: number) => void;
};

// Rows kept above and below what is in sight, so that slow scrolling never shows an empty place.
const SPARE = 2;
const CAPTION = 22;
// Smaller pictures have no room for words.
const CAPTION_FROM = 110;

export function Grid({ dataset, source, zoom, active, chosen, onActive, onOpen, onChoose, onRange }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const total = source.total ?? 0;
  const caption = zoom >= CAPTION_FROM ? CAPTION : 0;
  const geometry = useMemo(() => geometryOf(size.width, total, zoom, caption), [size.width, total, zoom, caption]);
  const { top, rushing } = useScroll(box, geometry.row);
  const [fromRow, toRow] = rowsInSight(geometry, top, size.height, SPARE);
  const from = fromRow * geometry.columns;
  const to = Math.min(total, toRow * geometry.columns);
  const side = sideFor(geometry.cell);

  useEffect(() => {
    if (!rushing) onRange(from, to);
  }, [from, to, rushing, onRange]);
  useKeptPlace(box, geometry.row, geometry.columns, active);

  const show = (index: number) => {
    const to = box.current && scrollTo(geometry, index, box.current.scrollTop, box.current.clientHeight);
    if (box.current && to !== null) box.current.scrollTop = to;
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || total === 0) return;
    const next = moved(event.key, active, total, geometry, size.height);
    if (next !== null) {
      if (event.shiftKey) onChoose(next, true);
      onActive(next);
      show(next);
    } else if (event.key === "Enter") onOpen(active);
    else if (event.key === " ") onChoose(active, event.shiftKey);
    else return;
    event.preventDefault();
  };
  const acts = useRef({ onActive, onOpen, onChoose });
  acts.current = { onActive, onOpen, onChoose };
  const click = useMemo(
    () => (index: number, event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => {
      acts.current.onActive(index);
      if (event.shiftKey || event.ctrlKey || event.metaKey) acts.current.onChoose(index, event.shiftKey);
      else acts.current.onOpen(index);
    },
    [],
  );
  return (
    <>
      <Problems error={source.error} onRetry={source.retry} />
      <div
        ref={box}
        className={classes.scroll}
        role="listbox"
        aria-label="Pictures"
        aria-multiselectable
        aria-activedescendant={total ? `cell-${active}` : undefined}
        aria-busy={source.total === null}
        tabIndex={0}
        onKeyDown={press}
      >
        <div className={classes.whole} style={{ height: geometry.height }} role="presentation">
          <div
            className={classes.window}
            role="presentation"
            style={{
              transform: `translateY(${fromRow * geometry.row}px)`,
              gridTemplateColumns: `repeat(${geometry.columns}, ${geometry.cell}px)`,
              gridAutoRows: geometry.row - GAP,
              gap: GAP,
            }}
          >
            {Array.from({ length: Math.max(0, to - from) }, (_, place) => from + place).map((index) => (
              <Place
                key={index}
                index={index}
                total={total}
                dataset={dataset}
                cell={source.at(index)}
                side={side}
                caption={caption > 0}
                waiting={rushing}
                active={index === active}
                chosen={chosen}
                onClick={click}
              />
            ))}
          </div>
        </div>
      </div>
    </>
  );
}

type PlaceProps = {
  index: number;
  total: number;
  dataset: Dataset;
  cell: Cell | null;
  side: number;
  caption: boolean;
  waiting: boolean;
  active: boolean;
  chosen: ReadonlySet<number>;
  onClick: (index: number, event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => void;
};

/** One place of the wall; it changes only when what it shows does. */
function Place({ chosen, cell, ...rest }: PlaceProps) {
  return <Shown {...rest} {...(cell ?? EMPTY)} chosen={cell !== null && chosen.has(cell.row)} />;
}

const EMPTY: Cell = { row: -1, name: "", label: "", split: "", boxes: 0, suspicion: 0, width: 0, height: 0 };
const Shown = memo(CellView);

/** When the size of the cells changes, what was in sight stays in sight. */
function useKeptPlace(box: React.RefObject<HTMLDivElement | null>, row: number, columns: number, active: number) {
  const before = useRef({ row, columns });
  useEffect(() => {
    const was = before.current;
    before.current = { row, columns };
    if (!box.current || (was.row === row && was.columns === columns)) return;
    const from = Math.floor(box.current.scrollTop / was.row) * was.columns;
    const seen = Math.ceil(box.current.clientHeight / was.row) * was.columns;
    const kept = active >= from && active < from + seen ? active : from;
    const shift = kept === from ? 0 : box.current.clientHeight / 3;
    box.current.scrollTop = Math.max(0, Math.floor(kept / columns) * row - shift);
  }, [box, row, columns, active]);
}
