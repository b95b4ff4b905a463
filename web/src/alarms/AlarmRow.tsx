/** One alarm in a list: a small picture, what, where, when. */

import { Checkbox, Text } from "@mantine/core";
import { IconBellRinging } from "@tabler/icons-react";
import { memo, useState } from "react";
import { Link } from "react-router";
import { ago, counted, moment } from "../shared/format";
import { AlarmPill } from "./AlarmPill";
import classes from "./list.module.css";
import type { Alarm } from "./types";
import { scoreText, whatText } from "./words";

type Props = {
  alarm: Alarm;
  to: string;
  current?: boolean;
  chosen?: boolean;
  /** Shows a checkbox. */
  onChoose?: (id: string, chosen: boolean) => void;
  /** In a list of one camera: the camera is known. */
  brief?: boolean;
  /** What people call the camera. */
  camera?: string;
};

export const AlarmRow = memo(function AlarmRow({
  alarm,
  to,
  current,
  chosen,
  onChoose,
  brief,
  camera = alarm.camera,
}: Props) {
  const what = whatText(alarm);
  const details = [!brief && camera, scoreText(alarm.score), alarm.repeats > 0 && counted(alarm.repeats, "repeat")];
  return (
    <div className={classes.row} data-current={current || undefined} data-open={alarm.state === "open" || undefined}>
      {onChoose && (
        <Checkbox
          aria-label={`Choose ${what}`}
          checked={chosen ?? false}
          onChange={(event) => onChoose(alarm.id, event.currentTarget.checked)}
        />
      )}
      <Picture address={alarm.picture} />
      <div className={classes.words}>
        <Link
          to={to}
          className={classes.link}
          aria-current={current || undefined}
          aria-label={`${what}, ${camera}, ${moment(alarm.wall)}`}
        >
          {what}
        </Link>
        <Text size="xs" c="dimmed" truncate>
          {details.filter(Boolean).join(" · ")}
        </Text>
      </div>
      <div className={classes.side}>
        <Text size="xs" c="dimmed" title={moment(alarm.wall)}>
          {ago(alarm.wall)}
        </Text>
        <AlarmPill state={alarm.state} />
      </div>
    </div>
  );
});

function Picture({ address }: { address: string }) {
  const [broken, setBroken] = useState("");
  return (
    <span className={classes.picture}>
      {address && address !== broken ? (
        <img src={address} alt="" loading="lazy" decoding="async" onError={() => setBroken(address)} />
      ) : (
        <IconBellRinging size={20} stroke={1.4} aria-hidden />
      )}
    </span>
  );
}
