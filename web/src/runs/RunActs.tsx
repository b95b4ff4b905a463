/** The buttons of a run: stop, do failed videos again, download, share, rename, hasten, delete. */

import { Button, Menu } from "@mantine/core";
import { useClipboard, useDisclosure } from "@mantine/hooks";
import {
  IconArrowsLeftRight,
  IconDots,
  IconFileZip,
  IconPencil,
  IconPlayerStop,
  IconRefresh,
  IconShare2,
  IconTrash,
} from "@tabler/icons-react";
import { Link, useNavigate } from "react-router";
import { Confirm } from "../shared/Confirm";
import { counted } from "../shared/format";
import { notifyDone } from "../shared/problems";
import { useLinkReach, useMay } from "../shared/session";
import { type RunFull, useRunActs } from "./queries";
import { RenameDialog } from "./RenameDialog";
import { PRIORITIES, possible, priorityText } from "./states";

export function RunActs({ run }: { run: RunFull }) {
  const may = useMay("analyst");
  const can = possible(run);
  const acts = useRunActs(run.id);
  const clipboard = useClipboard();
  const reach = useLinkReach();
  const share = () => {
    clipboard.copy(window.location.href);
    notifyDone(`The link is copied. ${reach}`);
  };
  return (
    <>
      {may && can.cancel && (
        <Button
          variant="default"
          leftSection={<IconPlayerStop size={16} aria-hidden />}
          loading={acts.cancel.isPending}
          onClick={() => acts.cancel.mutate()}
        >
          Cancel
        </Button>
      )}
      {may && can.retry > 0 && (
        <Button
          variant={can.download ? "default" : "filled"}
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={acts.retry.isPending}
          onClick={() => acts.retry.mutate()}
        >
          {run.state === "cancelled" ? "Go on" : "Retry failed"} ({can.retry})
        </Button>
      )}
      {can.download && (
        <Button
          component="a"
          variant="default"
          href={`/api/runs/${run.id}/zip`}
          download
          leftSection={<IconFileZip size={16} aria-hidden />}
        >
          Download all
        </Button>
      )}
      <Button variant="default" leftSection={<IconShare2 size={16} aria-hidden />} onClick={share}>
        Share
      </Button>
      <More run={run} may={may} />
    </>
  );
}

function More({ run, may }: { run: RunFull; may: boolean }) {
  const [renaming, rename] = useDisclosure();
  const [deleting, remove] = useDisclosure();
  const acts = useRunActs(run.id);
  const navigate = useNavigate();
  const can = possible(run);
  if (!may && !can.download) return null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px={9} aria-label="More">
            <IconDots size={18} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {can.download && (
            <Menu.Item
              component={Link}
              to={`/compare?left_run=${run.id}`}
              leftSection={<IconArrowsLeftRight size={16} aria-hidden />}
            >
              Compare with another run
            </Menu.Item>
          )}
          {may && (
            <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={rename.open}>
              Rename
            </Menu.Item>
          )}
          {may && can.hasten && (
            <>
              <Menu.Label>Priority</Menu.Label>
              {PRIORITIES.map((one) => (
                <Menu.Item
                  key={one.value}
                  role="menuitemradio"
                  aria-checked={priorityText(run.priority) === one.label}
                  fw={priorityText(run.priority) === one.label ? 650 : undefined}
                  onClick={() => acts.change.mutate({ priority: one.value })}
                >
                  {one.label}
                </Menu.Item>
              ))}
            </>
          )}
          {may && (
            <>
              <Menu.Divider />
              <Menu.Item
                c="var(--mantine-color-error)"
                leftSection={<IconTrash size={16} aria-hidden />}
                onClick={remove.open}
              >
                Delete
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <RenameDialog
        key={run.name}
        opened={renaming}
        name={run.name}
        loading={acts.change.isPending}
        onClose={rename.close}
        onRename={(name) => acts.change.mutate({ name }, { onSuccess: rename.close })}
      />
      <Confirm
        opened={deleting}
        title={`Delete “${run.name}”?`}
        action="Delete for good"
        danger
        loading={acts.remove.isPending}
        onClose={remove.close}
        onConfirm={() => acts.remove.mutate(undefined, { onSuccess: () => navigate("/runs", { replace: true }) })}
      >
        {can.cancel && "The run is stopped first. "}
        The results of {counted(run.videos, "video")} are deleted for good; the videos themselves stay.
      </Confirm>
    </>
  );
}
