/** The newest picture of a video that is worked on, about once a second. */

import { useDocumentVisibility } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { Thumbnail } from "../shared/Thumbnail";
import classes from "./video.module.css";

const EVERY_MS = 1000;

type Props = { address: string; fallback: string; name: string };

export function LivePicture({ address, fallback, name }: Props) {
  const [shown, setShown] = useState("");
  const visible = useDocumentVisibility() !== "hidden";
  useEffect(() => {
    if (!visible) return;
    let current = true;
    let timer: ReturnType<typeof setTimeout>;
    // The next one is asked for when this one is there, so that a slow line is not flooded; it is shown when it is whole.
    const ask = () => {
      const picture = new Image();
      const again = () => {
        if (current) timer = setTimeout(ask, EVERY_MS);
      };
      picture.onload = () => {
        if (current) setShown(picture.src);
        again();
      };
      picture.onerror = again;
      picture.src = fresh(address, Date.now());
    };
    ask();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [address, visible]);
  if (!shown) return <Thumbnail src={fallback} />;
  return <img className={classes.live} src={shown} alt={`What is found in ${name} right now`} />;
}

/** An address that no cache has seen. */
export function fresh(address: string, now: number): string {
  return `${address}${address.includes("?") ? "&" : "?"}at=${now}`;
}
