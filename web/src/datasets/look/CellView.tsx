import { pictureOf } from "../pictures";
import type { Dataset } from "../types";
import { shortName } from "../words";
import classes from "./grid.module.css";
import type { Cell } from "./items";
import { Picture } from "./Picture";

type Props = Cell & {
  index: number;
  total: number;
  dataset: Dataset;
  side: number;
  caption: boolean;
  /** The wall rushes by: no picture is fetched. */
  waiting: boolean;
  active: boolean;
  chosen: boolean;
  onClick: (index: number, event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => void;
};

// From here on a mark says that checks speak against a picture.
const SUSPICIOUS = 0.5;

/** A picture of the wall with its class; `row` -1 while it is not known which one lies here. */
export function CellView(props: Props) {
  const { row, name, label, index, total, dataset, side, caption, waiting, active, chosen, suspicion, boxes } = props;
  const suspicious = suspicion >= SUSPICIOUS;
  const percentage = Math.round(100 * suspicion);
  const words = row < 0 ? "Loading" : spokenWords(props, suspicious ? percentage : 0);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list box around it hears the keys
    <div
      id={`cell-${index}`}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      aria-posinset={index + 1}
      aria-setsize={total}
      aria-label={words}
      title={name}
      className={classes.cell}
      data-active={active || undefined}
      data-chosen={chosen || undefined}
      onClick={row < 0 ? undefined : (event) => onClickOf(props, event)}
    >
      <div className={classes.picture}>
        {row >= 0 && <Picture src={pictureOf(dataset, row, side)} waiting={waiting} />}
        {suspicious && <span className={classes.suspicious} data-text={percentage} aria-hidden />}
        {boxes > 1 && caption && <span className={classes.boxes} data-text={boxes} aria-hidden />}
      </div>
      {caption && (
        <span className={classes.caption} aria-hidden>
          {label || shortName(name)}
        </span>
      )}
    </div>
  );
}

/** What the marks on the picture say too. */
function spokenWords({ name, label, boxes }: Props, percentage: number): string {
  const parts = [shortName(name), label, boxes > 1 && `${boxes} drawn`, percentage > 0 && `suspicious ${percentage}`];
  return parts.filter(Boolean).join(", ");
}

function onClickOf({ onClick, index }: Props, event: React.MouseEvent): void {
  onClick(index, event);
}
