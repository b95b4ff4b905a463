import { heat } from "../colours";
import classes from "./map.module.css";
import type { ColourBy, Points } from "./points";

type Props = {
  points: Points;
  by: ColourBy;
  colours: { label: (name: string) => string; split: (name: string) => string };
};
// More names than this nobody can tell apart by colour.
const MOST = 16;

/** What the colours mean. */
export function Legend({ points, by, colours }: Props) {
  if (by === "suspicion") {
    return (
      <ul className={classes.legend} aria-label="Colours">
        <Key colour={heat(0)} text="nothing said against it" />
        <Key colour={heat(0.5)} text="suspicious" />
        <Key colour={heat(1)} text="look first" />
      </ul>
    );
  }
  const names = by === "class" ? points.classes : points.splitNames;
  const colour = by === "class" ? colours.label : colours.split;
  return (
    <ul className={classes.legend} aria-label="Colours">
      {names.slice(0, MOST).map((name) => (
        <Key key={name} colour={colour(name)} text={name || "none"} />
      ))}
      {names.length > MOST && <li>and {(names.length - MOST).toLocaleString("en-GB")} more</li>}
    </ul>
  );
}

function Key({ colour, text }: { colour: string; text: string }) {
  return (
    <li>
      <span className={classes.key} style={{ background: colour }} aria-hidden />
      {text}
    </li>
  );
}
