import { Anchor } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDownload } from "@tabler/icons-react";
import { lazy, Suspense } from "react";

const PullDialog = lazy(async () => ({ default: (await import("./PullDialog")).PullDialog }));

/** Words that open the dialog to fetch a model, without leaving the page. */
export function GetModel({ name, children }: { name: string; children: string }) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Anchor component="button" type="button" size="xs" onClick={open}>
        <IconDownload size={13} aria-hidden style={{ verticalAlign: -2 }} /> {children}
      </Anchor>
      {opened && (
        <Suspense>
          <PullDialog name={name} opened onClose={close} />
        </Suspense>
      )}
    </>
  );
}
