/** The newest picture of a camera, again and again. */

import { IconVideo } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import classes from "./image.module.css";
import { pictures } from "./pictures";

type Props = {
  /** The picture's address; empty for none. */
  address: string;
  alt: string;
  /** Milliseconds between two pictures. */
  every: number;
  /** Whether it is worth asking: it is on the screen, and the camera sends. */
  active: boolean;
};

export function LiveImage({ address, alt, every, active }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const [any, setAny] = useState(false);
  const name = useRef(alt);
  name.current = alt;
  useEffect(() => {
    if (!active || !address) return;
    return pictures.want({
      address,
      every,
      show: (picture) => {
        picture.alt = name.current;
        // The decoded picture itself is put in place: an `img` with a new address would fetch and decode it once more.
        holder.current?.replaceChildren(picture);
        setAny(true);
      },
    });
  }, [address, every, active]);
  return (
    <div className={classes.frame}>
      {!any && <IconVideo className={classes.none} size={28} stroke={1.3} aria-hidden />}
      <div ref={holder} className={classes.holder} />
    </div>
  );
}
