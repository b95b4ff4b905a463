import { IconMovie } from "@tabler/icons-react";
import { useState } from "react";
import { duration } from "./format";
import classes from "./Thumbnail.module.css";

type Props = {
  /** An address; empty shows an icon. */
  src: string;
  seconds?: number | null;
  /** A CSS width; by default as wide as there is room. */
  width?: number | string;
};

/** A small 16:9 picture of a video, with its length. Decoration: the name stands beside it. */
export function Thumbnail({ src, seconds, width = "100%" }: Props) {
  const [broken, setBroken] = useState("");
  return (
    <span className={classes.frame} style={{ width }}>
      {src && src !== broken ? (
        <img src={src} alt="" loading="lazy" onError={() => setBroken(src)} />
      ) : (
        <IconMovie size={26} stroke={1.4} aria-hidden />
      )}
      {seconds != null && (
        <span className={classes.length} aria-hidden>
          {duration(seconds)}
        </span>
      )}
    </span>
  );
}
