/** A picture as large as there is room, with what is drawn on it. */

import { type ReactNode, useRef, useState } from "react";
import classes from "./framed.module.css";
import { useSize } from "./look/useScroll";

/** What those who draw over the picture need to know: its size in its own pixels, and how many of them a CSS pixel covers. */
export type View = { width: number; height: number; unit: number };
type Props = {
  src: string;
  alt: string;
  /** Of the picture as the data set says; 0 where it does not. */
  width: number;
  height: number;
  children?: (view: View) => ReactNode;
  onLoad?: () => void;
};

export function Framed({ src, alt, width, height, children, onLoad }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const [natural, setNatural] = useState({ width: 0, height: 0 });
  const [broken, setBroken] = useState("");
  const [w, h] = sizeOf(width, height, natural);
  const unit = size.width && size.height && w && h ? Math.max(w / size.width, h / size.height) : 1;
  return (
    <div ref={box} className={classes.frame}>
      {broken === src ? (
        <span className={classes.broken}>This picture cannot be shown.</span>
      ) : (
        <img
          src={src}
          alt={alt}
          draggable={false}
          decoding="sync"
          className={classes.picture}
          // Small pictures are enlarged whole pixel by whole pixel: what is there is seen, nothing is made up.
          data-small={(w > 0 && unit < 0.34) || undefined}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
            setNatural({ width: naturalWidth, height: naturalHeight });
            onLoad?.();
          }}
          onError={() => setBroken(src)}
        />
      )}
      {w > 0 && children?.({ width: w, height: h, unit })}
    </div>
  );
}

/** The size that annotations mean. Turned by its file's note, a picture is as high as its file says it is wide. */
export function sizeOf(width: number, height: number, natural: { width: number; height: number }): [number, number] {
  if (!width || !height) return [natural.width, natural.height];
  if (!natural.width) return [width, height];
  const turned =
    width !== height && width > height !== natural.width > natural.height && natural.width !== natural.height;
  return turned ? [height, width] : [width, height];
}
