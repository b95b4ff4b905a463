import { FocusTrap, Paper } from "@mantine/core";
import { useClickOutside } from "@mantine/hooks";
import type { ReactNode } from "react";
import { createPortal } from "react-dom";

type Props = {
  at: { x: number; y: number };
  width: number;
  height: number;
  label: string;
  onClose: () => void;
  children: ReactNode;
};

const MARGIN = 12;

/** A small panel at a place of the screen, moved so that it fits into the window. Esc and a click elsewhere close it. */
export function Floating({ at, width, height, label, onClose, children }: Props) {
  const ref = useClickOutside(onClose);
  const wide = Math.min(width, window.innerWidth - 2 * MARGIN);
  const left = Math.max(MARGIN, Math.min(at.x, window.innerWidth - wide - MARGIN));
  const top = Math.max(MARGIN, Math.min(at.y, window.innerHeight - height - MARGIN));
  return createPortal(
    <FocusTrap>
      <Paper
        ref={ref}
        role="dialog"
        aria-label={label}
        withBorder
        shadow="md"
        p="sm"
        style={{ position: "fixed", left, top, width: wide, zIndex: 250 }}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          onClose();
        }}
      >
        {children}
      </Paper>
    </FocusTrap>,
    document.body,
  );
}
