import { Button, FileInput, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconFileZip } from "@tabler/icons-react";
import { type DragEvent, useState } from "react";
import { bytes } from "../shared/format";
import { useUploads } from "../videos/uploads";
import classes from "./upload.module.css";

// As the server has it; what else is chosen would be refused after a round trip.
const PACKED = [".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"];

/** Sends a data set as one archive; its progress is shown beside all pages, and then on its card. */
export function UploadDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Upload a data set" size="lg">
      {opened && <Choice onClose={onClose} />}
    </Modal>
  );
}

function Choice({ onClose }: { onClose: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState("");
  const fault = file ? faultOf(file) : "";
  const send = () => {
    if (!file) return;
    useUploads.getState().add([{ file, folder: "", dataset: name.trim() }]);
    onClose();
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setFile(event.dataTransfer.files[0] ?? file);
  };
  return (
    <Stack gap="sm">
      <Text size="sm">
        Pack the folder of pictures, with its labels, as one .zip or .tar.gz. One folder a class, CSV, COCO, YOLO, Label
        Studio, CVAT and others are understood. It is unpacked on the server, read and checked at once.
      </Text>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping needs a mouse; the field in it is for all */}
      <div className={classes.drop} onDragOver={(event) => event.preventDefault()} onDrop={drop}>
        <FileInput
          label="Archive"
          placeholder="Choose it, or drop it here"
          description={file && !fault ? bytes(file.size) : undefined}
          leftSection={<IconFileZip size={18} aria-hidden />}
          accept={PACKED.join(",")}
          value={file}
          onChange={setFile}
          error={fault}
          clearable
          clearButtonProps={{ "aria-label": "Choose another" }}
          data-autofocus
        />
      </div>
      <TextInput
        label="Name"
        placeholder={file ? stem(file.name) : "As the archive is called"}
        value={name}
        maxLength={150}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button disabled={!file || !!fault} onClick={send}>
          Upload
        </Button>
      </Group>
    </Stack>
  );
}

function faultOf(file: File): string {
  if (!PACKED.some((suffix) => file.name.toLowerCase().endsWith(suffix))) {
    return "This is no .zip, .tar or .tar.gz; pack the folder first.";
  }
  return file.size ? "" : "The file is empty; pack the folder again.";
}

/** `shapes.tar.gz` without its suffix. */
function stem(name: string): string {
  return name.replace(/(\.tar)?\.[^.]+$/i, "");
}
