/** The settings in which runs differ; those that are the same, folded. */

import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Problems } from "../shared/problems";
import classes from "./experiments.module.css";
import { runQuery } from "./queries";
import type { Compared } from "./types";
import { Wide } from "./Wide";

type Props = { compared: Compared; names: string[] };

export function ComparedSettings({ compared, names }: Props) {
  return (
    <>
      {compared.settings.length ? (
        <Wide label="Settings that differ, by run">
          <table className={classes.numbers} aria-label="Settings that differ">
            <thead>
              <tr>
                <th scope="col">Setting</th>
                {names.map((name) => (
                  <th key={name} scope="col" style={{ textAlign: "left" }}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {compared.settings.map((setting) => (
                <tr key={setting.name}>
                  <th scope="row">{setting.name}</th>
                  {names.map((name, at) => (
                    <td key={name} data-text>
                      {setting.values[at] ?? "–"}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      ) : (
        <Text c="dimmed">None: all runs have the same settings.</Text>
      )}
      <Same compared={compared} />
    </>
  );
}

function Same({ compared }: { compared: Compared }) {
  const [open, setOpen] = useState(false);
  return (
    <details className={classes.fold} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Settings that are the same</summary>
      {open && <SameFacts compared={compared} />}
    </details>
  );
}

/** What does not differ is the same everywhere: any one run tells it. */
function SameFacts({ compared }: { compared: Compared }) {
  const answer = useQuery(runQuery(compared.runs[0]?.id ?? ""));
  if (answer.isError) return <Problems error={answer.error} onRetry={() => answer.refetch()} />;
  if (!answer.data) return <Skeleton h={80} />;
  const differing = new Set(compared.settings.map((setting) => setting.name));
  const same = Object.entries(answer.data.settings).filter(([name]) => !differing.has(name));
  if (!same.length) return <Text c="dimmed">There are none.</Text>;
  return (
    <dl className={`${classes.card} ${classes.facts}`}>
      {same.map(([name, text]) => (
        <div key={name} style={{ display: "contents" }}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
