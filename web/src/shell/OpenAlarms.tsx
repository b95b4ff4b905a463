import { useQuery } from "@tanstack/react-query";
import { openCountQuery } from "../alarms/queries";
import classes from "./AppFrame.module.css";

// More than this is not read as a number any more.
const MOST = 99;

/** How many alarms wait for somebody, beside their place in the navigation. */
export function OpenAlarms() {
  const open = useQuery(openCountQuery()).data ?? 0;
  if (!open) return null;
  return (
    // Not a part of the link's name, which would change with every alarm.
    <span className={classes.open} data-count={open > MOST ? `${MOST}+` : open} aria-hidden />
  );
}
