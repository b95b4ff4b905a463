/** The queue in and out, and the keys. */

import { ActionIcon, FileButton, Menu, Tooltip } from "@mantine/core";
import { IconDots, IconDownload, IconKeyboard, IconUpload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { ApiError, csrfHeaders, problemsOf } from "../../api/client";
import { notifyDone, notifyProblem } from "../../shared/problems";
import type { Dataset } from "../types";

type Props = { dataset: Dataset; onImported: () => void; onHelp: () => void };

const WAYS = [
  { to: "csv", text: "Decisions as a table (CSV)" },
  { to: "label-studio", text: "Tasks for Label Studio" },
  { to: "data-set", text: "The corrected data set's files" },
];

export function MoreMenu({ dataset, onImported, onHelp }: Props) {
  const address = `/api/datasets/${dataset.id}/queue`;
  const choose = useRef<() => void>(null);
  const take = useMutation({
    mutationFn: async (file: File) => {
      const body = new FormData();
      body.append("file", file);
      const answer = await fetch(`${address}/import`, { method: "POST", body, headers: csrfHeaders() });
      if (!answer.ok) throw new ApiError(answer.status, await problemsOf(answer));
    },
    onSuccess: () => {
      notifyDone("The decisions are taken in.");
      onImported();
    },
    onError: notifyProblem,
  });
  return (
    <>
      <Tooltip label="Keys (?)">
        <ActionIcon variant="default" size="lg" aria-label="Keys" onClick={onHelp}>
          <IconKeyboard size={18} />
        </ActionIcon>
      </Tooltip>
      <FileButton accept="application/json,.json" onChange={(file) => file && take.mutate(file)}>
        {({ onClick }) => {
          choose.current = onClick;
          return null;
        }}
      </FileButton>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <ActionIcon variant="default" size="lg" aria-label="More for the queue" loading={take.isPending}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {WAYS.map(({ to, text }) => (
            <Menu.Item
              key={to}
              component="a"
              href={`${address}/export?to=${to}`}
              download
              leftSection={<IconDownload size={16} />}
            >
              {text}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconUpload size={16} />} onClick={() => choose.current?.()}>
            Take in from Label Studio
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
