/** Tags out to a spreadsheet and in again. */

import { ActionIcon, FileButton, Menu } from "@mantine/core";
import { IconDots, IconDownload, IconUpload } from "@tabler/icons-react";
import { useRef } from "react";
import { counted } from "../../shared/format";
import { notifyDone } from "../../shared/problems";
import type { Dataset } from "../types";
import { useTakeIn } from "./queries";
import type { Study } from "./types";

type Props = { dataset: Dataset; study: Study; mayChange: boolean };

export function StudyMenu({ dataset, study, mayChange }: Props) {
  const choose = useRef<() => void>(null);
  const take = useTakeIn(dataset.id, study.id);
  const told = (now: Study) =>
    notifyDone(`The table is taken in: ${counted(now.tagged, "mistake")} of ${now.drawn} looked at.`);
  return (
    <>
      <FileButton accept=".csv,text/csv" onChange={(file) => file && take.mutate(file, { onSuccess: told })}>
        {({ onClick }) => {
          choose.current = onClick;
          return null;
        }}
      </FileButton>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More for the study" loading={take.isPending}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            component="a"
            href={`/api/datasets/${dataset.id}/studies/${study.id}/export.csv`}
            download
            leftSection={<IconDownload size={16} />}
          >
            Mistakes and tags as a table (CSV)
          </Menu.Item>
          {mayChange && (
            <Menu.Item leftSection={<IconUpload size={16} />} onClick={() => choose.current?.()}>
              Take tags in from such a table
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
