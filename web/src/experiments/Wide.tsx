import type { ReactNode } from "react";
import classes from "./experiments.module.css";

/** A card for a table that may be wider than the page: it scrolls by itself, by keyboard too. */
export function Wide({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className={`${classes.card} ${classes.scroll}`} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
