import { useState } from "react";
import classes from "./grid.module.css";

/** A picture that is given up when it leaves: who scrolls on does not wait for what was passed. */
export function Picture({ src, waiting }: { src: string; waiting: boolean }) {
  const [shown, setShown] = useState("");
  const [broken, setBroken] = useState("");
  // What is there already stays, even when everything rushes by.
  if (waiting && shown !== src) return null;
  if (broken === src) return <span className={classes.broken} data-text="cannot be shown" aria-hidden />;
  return (
    <img
      ref={giveUp}
      src={src}
      alt=""
      decoding="async"
      draggable={false}
      onLoad={() => setShown(src)}
      onError={() => setBroken(src)}
    />
  );
}

function giveUp(image: HTMLImageElement | null) {
  return () => {
    if (image && !image.complete) image.removeAttribute("src");
  };
}
