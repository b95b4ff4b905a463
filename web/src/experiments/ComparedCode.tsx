/** How the code of two of the runs differs. */

import { Group, Select, Skeleton, Text } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { asSentence } from "../shared/format";
import { Problems } from "../shared/problems";
import { CodeDiff } from "./CodeDiff";
import { compareQuery } from "./queries";
import type { Compared } from "./types";

type Props = { compared: Compared; names: string[] };

export function ComparedCode({ compared, names }: Props) {
  const ids = compared.runs.map((run) => run.id);
  const [pair, setPair] = useState<[string, string]>([ids[0] ?? "", ids.at(-1) ?? ""]);
  // The first and the last come with the comparison; another pair is asked for.
  const told = pair[0] === ids[0] && pair[1] === ids.at(-1);
  const answer = useQuery({ ...compareQuery(pair), enabled: !told, placeholderData: keepPreviousData });
  const code = told ? compared.code : answer.data?.code;
  const side = (label: string, at: 0 | 1) => (
    <Select
      label={label}
      data={ids.map((id, place) => ({ value: id, label: names[place] ?? id, disabled: id === pair[1 - at] }))}
      value={pair[at]}
      onChange={(id) => id && setPair(at === 0 ? [id, pair[1]] : [pair[0], id])}
      allowDeselect={false}
      w={{ base: "100%", xs: 280 }}
    />
  );
  return (
    <>
      {ids.length > 2 && (
        <Group gap="sm" mb="sm">
          {side("From the code of", 0)}
          {side("to the code of", 1)}
        </Group>
      )}
      {!told && <Problems error={answer.error} onRetry={() => answer.refetch()} />}
      {!code && !answer.isError && <Skeleton h={120} />}
      {code && <Difference code={code} />}
    </>
  );
}

function Difference({ code }: { code: Compared["code"] }) {
  return (
    <>
      <Group gap={6} wrap="nowrap" align="flex-start" mb="xs">
        <IconInfoCircle size={16} style={{ flex: "none", marginTop: 2 }} aria-hidden />
        <Text size="sm">{asSentence(code.note)}</Text>
      </Group>
      {code.diff && <CodeDiff diff={code.diff} />}
      {code.cut && (
        <Text size="sm" c="dimmed" mt="xs">
          This is the beginning of a long difference; `git diff` between the two commits shows all of it.
        </Text>
      )}
    </>
  );
}
