/** Begin a run: which pipeline, over which videos. */

import { Modal } from "@mantine/core";
import { RunForm } from "./RunForm";

export type RunDialogProps = {
  opened: boolean;
  onClose: () => void;
  /** Ids of videos that are chosen already. */
  videos?: string[];
  /** The pipeline that is chosen already. */
  pipeline?: { id: string; name: string };
};

export default function RunDialog({ opened, onClose, videos = [], pipeline }: RunDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="New run" size="lg">
      <RunForm videos={videos} pipeline={pipeline} onClose={onClose} />
    </Modal>
  );
}
