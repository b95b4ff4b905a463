/** What can be done with a camera: pause, resume, remove. */

import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlayerPause, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useNavigate } from "react-router";
import { Confirm } from "../shared/Confirm";
import { notifyDone } from "../shared/problems";
import { useMay } from "../shared/session";
import { useCameraActs } from "./queries";
import { named } from "./states";
import type { Camera } from "./types";

export function CameraActs({ camera }: { camera: Camera }) {
  const may = useMay("admin");
  const acts = useCameraActs(camera.name);
  const [leaving, { open, close }] = useDisclosure();
  const navigate = useNavigate();
  if (!may) return null;
  const remove = () =>
    acts.remove.mutate(undefined, {
      onSuccess: () => {
        notifyDone(`${named(camera)} is removed.`);
        navigate("/wall");
      },
    });
  return (
    <>
      {camera.state === "paused" ? (
        <Button
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          loading={acts.resume.isPending}
          onClick={() => acts.resume.mutate()}
        >
          Resume
        </Button>
      ) : (
        <Button
          variant="default"
          leftSection={<IconPlayerPause size={16} aria-hidden />}
          loading={acts.pause.isPending}
          onClick={() => acts.pause.mutate()}
        >
          Pause
        </Button>
      )}
      <Button
        variant="default"
        color="red"
        leftSection={<IconTrash size={16} aria-hidden />}
        disabled={camera.origin === "file"}
        title={camera.origin === "file" ? "It stands in the cameras file: take it out there" : undefined}
        onClick={open}
      >
        Remove
      </Button>
      <Confirm
        opened={leaving}
        title={`Remove ${named(camera)}?`}
        action="Remove"
        danger
        loading={acts.remove.isPending}
        onClose={close}
        onConfirm={remove}
      >
        It is watched no longer. Its alarms stay.
      </Confirm>
    </>
  );
}
