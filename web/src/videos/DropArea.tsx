import { Text } from "@mantine/core";
import { IconCloudUpload } from "@tabler/icons-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { notifyProblem } from "../shared/problems";
import { fromDrop } from "./chosen";
import classes from "./DropArea.module.css";
import { useUploads } from "./uploads";

/** The page as a place to drop files and folders. Buttons beside it do the same by keyboard. */
export function DropArea({ enabled, children }: { enabled: boolean; children: ReactNode }) {
  const [over, setOver] = useState(false);
  const depth = useRef(0); // of nested elements that the pointer has entered

  const hasFiles = (event: DragEvent) => enabled && event.dataTransfer.types.includes("Files");
  const enter = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth.current += 1;
    setOver(true);
  };
  const leave = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    depth.current = Math.max(0, depth.current - 1);
    if (depth.current === 0) setOver(false);
  };
  const drop = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    fromDrop(event.dataTransfer).then((chosen) => {
      if (chosen.length) useUploads.getState().add(chosen);
      else notifyProblem(new Error("There is no video in what you dropped; choose MP4, MOV, AVI, MKV or similar"));
    }, notifyProblem);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping needs a mouse; the upload button is for all
    <div
      className={classes.area}
      onDragEnter={enter}
      onDragOver={(event) => hasFiles(event) && event.preventDefault()}
      onDragLeave={leave}
      onDrop={drop}
    >
      {children}
      {over && (
        <div className={classes.over}>
          <IconCloudUpload size={48} stroke={1.4} aria-hidden />
          <Text fw={600} size="lg">
            Drop to upload
          </Text>
        </div>
      )}
    </div>
  );
}
