/** How one camera does, in figures. */

import { Card, Text, Title, Tooltip } from "@mantine/core";
import { ago, counted, moment } from "../shared/format";
import classes from "./camera.module.css";
import { causes, droppedShare, milliseconds, rate, share } from "./figures";
import type { Camera } from "./types";

export function CameraFigures({ camera }: { camera: Camera }) {
  const since = camera.since > 0 ? new Date(camera.since * 1000) : null;
  return (
    <Card component="section" aria-labelledby="figures">
      <Title order={2} id="figures" fz="md" mb="sm">
        Health
      </Title>
      <dl className={classes.facts}>
        <dt>Come in</dt>
        <dd>{rate(camera.fps_in)} a second</dd>
        <dt>Looked at</dt>
        <dd>
          {rate(camera.fps_analysed)} of {rate(camera.fps_wanted)} a second
        </dd>
        <dt>Not looked at</dt>
        <dd>{share(droppedShare(camera))}</dd>
      </dl>
      <Causes camera={camera} />
      <Spread camera={camera} />
      <dl className={classes.facts}>
        <dt>Picture</dt>
        <dd>{camera.width > 0 ? `${camera.width} × ${camera.height}` : "–"}</dd>
        <dt>Decoder</dt>
        <dd>{camera.decoder || "–"}</dd>
        <dt>Decoded</dt>
        <dd>{camera.effort === "all" ? "every picture" : camera.effort}</dd>
        <dt>Connected again</dt>
        <dd>{counted(camera.reconnects, "time")}</dd>
        <dt>In this state since</dt>
        <dd title={moment(since)}>{ago(since)}</dd>
        <dt>Looked at so far</dt>
        <dd>{counted(camera.analysed, "picture")}</dd>
      </dl>
    </Card>
  );
}

function Causes({ camera }: { camera: Camera }) {
  const all = causes(camera);
  if (!all.length) return <div style={{ height: 14 }} />;
  return (
    <ul className={classes.causes} aria-label="Why pictures were not looked at">
      {all.map((one) => (
        <li key={one.cause}>
          <span className={classes.cause}>
            <span>{one.text}</span>
            <span>
              {counted(one.count, "picture")} · {share(one.share)}
            </span>
          </span>
          <span className={classes.bar} aria-hidden>
            <span style={{ width: `${one.share * 100}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}

const ROWS = [
  ["latency_ms", "To the answer", "From the moment of capture until the pipeline has decided"],
  ["staleness_ms", "To the model", "From the moment of capture until the model gets the picture"],
] as const;

/** How long things take: half of them, 95 and 99 of a hundred are at least as fast. */
function Spread({ camera }: { camera: Camera }) {
  return (
    <table className={classes.spread}>
      <thead>
        <tr>
          <th scope="col">
            <Text span size="xs">
              From capture
            </Text>
          </th>
          <th scope="col">median</th>
          <th scope="col">95 %</th>
          <th scope="col">99 %</th>
        </tr>
      </thead>
      <tbody>
        {ROWS.map(([field, name, about]) => (
          <tr key={field}>
            <th scope="row">
              <Tooltip label={about}>
                <span>{name}</span>
              </Tooltip>
            </th>
            <td>{milliseconds(camera[field].p50)}</td>
            <td>{milliseconds(camera[field].p95)}</td>
            <td>{milliseconds(camera[field].p99)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
