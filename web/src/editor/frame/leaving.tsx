import { Button, Modal, Stack, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { isDirty, useEditor } from "../state/store";

/** The address inside this app that a click leads to; nothing if it stays here or opens elsewhere. */
function addressOf(event: MouseEvent): string {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return "";
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || link.target === "_blank" || link.origin !== window.location.origin)
    return "";
  return link.pathname === window.location.pathname ? "" : link.pathname + link.search;
}

/** Asks before unsaved changes are left behind. */
export function Leaving({ onSave }: { onSave: () => Promise<unknown> }) {
  const [to, setTo] = useState("");
  const navigate = useNavigate();
  useEffect(() => {
    const click = (event: MouseEvent) => {
      const address = isDirty(useEditor.getState()) ? addressOf(event) : "";
      if (!address) return;
      event.preventDefault();
      event.stopPropagation();
      setTo(address);
    };
    const unload = (event: BeforeUnloadEvent) => isDirty(useEditor.getState()) && event.preventDefault();
    document.addEventListener("click", click, true);
    window.addEventListener("beforeunload", unload);
    return () => {
      document.removeEventListener("click", click, true);
      window.removeEventListener("beforeunload", unload);
    };
  }, []);
  const leave = async (save: boolean) => {
    const address = to;
    setTo("");
    if (save) {
      try {
        await onSave();
      } catch {
        return; // It was told already; we stay.
      }
    }
    navigate(address);
  };
  return (
    <Modal opened={to !== ""} onClose={() => setTo("")} title="Leave without saving?">
      <Text size="sm">
        Your changes are kept as a draft in this browser, but nobody else sees them before they are saved.
      </Text>
      <Stack gap="xs" mt="md">
        <Button onClick={() => leave(true)} data-autofocus>
          Save and leave
        </Button>
        <Button variant="default" onClick={() => leave(false)}>
          Leave, keep the draft
        </Button>
        <Button variant="subtle" color="gray" onClick={() => setTo("")}>
          Stay here
        </Button>
      </Stack>
    </Modal>
  );
}
