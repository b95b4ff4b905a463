import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconDeviceMobile, IconFolderUp, IconUpload } from "@tabler/icons-react";
import { useRef } from "react";
import { fromInput } from "./chosen";
import { useUploads } from "./uploads";

/** The ways to bring videos in: files, a folder, a phone. */
export function UploadButtons({ onPhone }: { onPhone: () => void }) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    useUploads.getState().add(fromInput(input.files ?? []));
    input.value = ""; // so that the same file can be chosen again
  };
  return (
    <>
      <input ref={files} type="file" multiple hidden aria-label="Video files" onChange={(e) => take(e.currentTarget)} />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        aria-label="A folder of videos"
        {...{ webkitdirectory: "" }}
        onChange={(e) => take(e.currentTarget)}
      />
      <Button variant="default" leftSection={<IconDeviceMobile size={17} />} onClick={onPhone}>
        Film with a phone
      </Button>
      <Button.Group>
        <Button leftSection={<IconUpload size={17} />} onClick={() => files.current?.click()}>
          Upload videos
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button px={8} aria-label="More ways to upload" style={{ borderLeft: "1px solid rgb(255 255 255 / 25%)" }}>
              <IconChevronDown size={17} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconUpload size={16} />} onClick={() => files.current?.click()}>
              Choose files
            </Menu.Item>
            <Menu.Item leftSection={<IconFolderUp size={16} />} onClick={() => folder.current?.click()}>
              Choose a folder
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Button.Group>
    </>
  );
}
