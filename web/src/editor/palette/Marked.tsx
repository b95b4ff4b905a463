import { highlight } from "../model/palette";
import classes from "./Palette.module.css";

/** A text in which what the search found is marked. */
export function Marked({ text, search }: { text: string; search: string }) {
  let at = 0;
  return highlight(text, search).map((piece) => {
    at += piece.text.length;
    return piece.hit ? (
      <mark key={at} className={classes.mark}>
        {piece.text}
      </mark>
    ) : (
      piece.text
    );
  });
}
