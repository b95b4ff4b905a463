import { KeysDialog } from "../../shared/KeysDialog";
import { SHORTCUTS } from "./shortcuts";

const KEYS = SHORTCUTS.map(([keys, what]): [string[], string] => [keys.split(", "), what]);

export function ShortcutsDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return <KeysDialog opened={opened} onClose={onClose} keys={KEYS} />;
}
