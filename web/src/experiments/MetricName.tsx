import { Fragment } from "react";

/** A metric's name that may break after a slash or an underscore, and nowhere else. */
export function MetricName({ name }: { name: string }) {
  const parts = name.split(/(?<=[/_])/);
  return parts.map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a name does not change
    <Fragment key={at}>
      {at > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
