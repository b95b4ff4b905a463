/** The code that a run ran: commit, and what was changed since. */

import { Code, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { asSentence } from "../shared/format";
import { Problems } from "../shared/problems";
import { CodeDiff } from "./CodeDiff";
import classes from "./experiments.module.css";
import { textQuery } from "./queries";
import type { Run } from "./types";

export function CodePanel({ code }: { code: Run["code"] }) {
  const facts: [string, string][] = [
    ["program", code.program],
    ["folder", code.folder],
    ["branch", code.branch],
    ["commit", code.commit],
  ];
  const told = facts.filter(([, text]) => text);
  return (
    <Stack gap="md">
      {told.length > 0 && (
        <dl className={`${classes.card} ${classes.facts}`}>
          {told.map(([name, text]) => (
            <div key={name} style={{ display: "contents" }}>
              <dt>{name}</dt>
              <dd>
                <Code fz={12}>{text}</Code>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {code.note && <Text size="sm">{asSentence(code.note)}</Text>}
      {code.changes ? (
        <Changes address={code.changes} />
      ) : (
        <Text size="sm" c="dimmed">
          {unchanged(code)}
        </Text>
      )}
    </Stack>
  );
}

function unchanged(code: Run["code"]): string {
  if (!code.commit) return "The code was not under Git, so it is not known.";
  return code.changed
    ? "It was changed since, but the changes are not here."
    : "Exactly this commit: nothing was changed.";
}

function Changes({ address }: { address: string }) {
  const answer = useQuery(textQuery(address));
  if (answer.isError) return <Problems error={answer.error} onRetry={() => answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton h={200} />;
  return (
    <section aria-label="Changes since the commit">
      <Text fw={600} mb={4}>
        Changed since the commit
      </Text>
      <CodeDiff diff={answer.data} />
    </section>
  );
}
