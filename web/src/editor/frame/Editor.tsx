import { useMediaQuery } from "@mantine/hooks";
import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useState } from "react";
import RunDialog from "../../runs/RunDialog";
import { useMay } from "../../shared/session";
import { useTitle } from "../../shared/title";
import { Canvas } from "../canvas/Canvas";
import { QuickAdd } from "../canvas/QuickAdd";
import { Refused } from "../canvas/Refused";
import { ExportDialog } from "../files/ExportDialog";
import { ImportDialog } from "../files/ImportDialog";
import { Inspector } from "../inspector/Inspector";
import { laidOut } from "../model/layout";
import type { Blocks } from "../model/palette";
import { PalettePanel } from "../palette/PalettePanel";
import { edit, isDirty, type Saved, useEditor } from "../state/store";
import { TryPanel } from "../trial/TryPanel";
import { useTrial } from "../trial/useTrial";
import { ConflictDialog } from "../versions/ConflictDialog";
import { HistoryDrawer } from "../versions/HistoryDrawer";
import { SaveDialog } from "../versions/SaveDialog";
import { type Conflict, useSave } from "../versions/saving";
import classes from "./Frame.module.css";
import { Leaving } from "./leaving";
import { DraftNote, Live } from "./notes";
import { type Restored, useDropOnSave, useOpening } from "./opening";
import { ProblemStrip } from "./ProblemStrip";
import { ShortcutsDialog } from "./ShortcutsDialog";
import { useClipboardKeys, useShortcuts } from "./shortcuts";
import { Side, useDialog, useRoom, useSides } from "./sides";
import { Toolbar } from "./Toolbar";

type Props = { blocks: Blocks; saved: Saved; draft: string };

/** The editor of one pipeline. */
export function Editor({ blocks, saved, draft }: Props) {
  const opening = useOpening(blocks, saved, draft);
  useDropOnSave(draft);
  if (!opening.ready) return null;
  return (
    <ReactFlowProvider>
      <Workbench note={opening.restored} onDiscard={opening.discard} onKeep={opening.forgetNote} />
    </ReactFlowProvider>
  );
}

type WorkbenchProps = { note: Restored | null; onDiscard: () => void; onKeep: () => void };

function Workbench({ note, onDiscard, onKeep }: WorkbenchProps) {
  const narrow = useMediaQuery("(max-width: 62em)", false, { getInitialValueInEffect: false });
  const trial = useTrial();
  const saving = useSaving();
  const dialogs = useDialogs();
  const mayEdit = useMay("analyst");
  const sides = useSides(dialogs, narrow, mayEdit);
  useRoom(dialogs.tried.opened);
  useEffect(() => useEditor.setState({ readOnly: !mayEdit }), [mayEdit]);
  useTitle(useEditor((state) => state.graph.pipeline));
  useClipboardKeys();
  useShortcuts({ save: saving.save, tryIt: dialogs.tried.toggle, help: dialogs.help.open });
  return (
    <div className={classes.frame} data-narrow={narrow || undefined} data-closed={sides.closed || undefined}>
      <Toolbar
        narrow={narrow}
        mayEdit={mayEdit}
        saving={saving.pending}
        trying={dialogs.tried.opened}
        onPalette={sides.togglePalette}
        onInspector={sides.openInspector}
        onTry={dialogs.tried.toggle}
        onSave={saving.save}
        onSaveAs={dialogs.save.open}
        onRun={() => saving.saveFirst().then(dialogs.run.open, () => undefined)}
        onHistory={dialogs.history.open}
        onImport={dialogs.imports.open}
        onExport={dialogs.exports.open}
        onHelp={dialogs.help.open}
      />
      <Side narrow={narrow} area="palette" title="Add a block" dialog={dialogs.palette} shown={sides.palette}>
        <PalettePanel onAdded={dialogs.palette.close} />
      </Side>
      <div className={classes.centre}>
        <div className={classes.canvas}>
          {note && <DraftNote note={note} onDiscard={onDiscard} onKeep={onKeep} />}
          <Canvas narrow={narrow} minimap={!narrow && !dialogs.tried.opened} mayEdit={mayEdit} />
        </div>
        {dialogs.tried.opened && (
          <TryPanel
            trial={trial}
            onClose={() => {
              trial.stop();
              dialogs.tried.close();
            }}
          />
        )}
        <ProblemStrip />
      </div>
      <Side narrow={narrow} area="inspector" title="Settings" dialog={dialogs.inspector} shown={sides.inspector}>
        <Inspector />
      </Side>
      <QuickAdd />
      <Refused />
      <Live />
      <Dialogs dialogs={dialogs} saving={saving} />
    </div>
  );
}

function useDialogs() {
  return {
    palette: useDialog(),
    inspector: useDialog(),
    tried: useDialog(),
    save: useDialog(),
    run: useDialog(),
    history: useDialog(),
    imports: useDialog(),
    exports: useDialog(),
    help: useDialog(),
  };
}

function useSaving() {
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const mutation = useSave(setConflict);
  const saveWith = async (how: { note?: string; base?: number }) => {
    const first = useEditor.getState().saved.id === null;
    const full = await mutation.mutateAsync(how);
    // The address becomes the pipeline's own. Not by the router: it would open the page anew, and undo would be gone.
    if (first) window.history.replaceState(window.history.state, "", `/pipelines/${full.id}`);
    return full;
  };
  const quietly = (how: { note?: string; base?: number }) => void saveWith(how).catch(() => undefined);
  const saveFirst = async () => {
    const state = useEditor.getState();
    if (state.saved.id === null || isDirty(state)) await saveWith({});
  };
  return {
    conflict,
    closeConflict: () => setConflict(null),
    pending: mutation.isPending,
    save: () => quietly({}),
    saveNoted: (note: string) => quietly({ note }),
    keepMine: (base: number) => {
      setConflict(null);
      quietly({ base });
    },
    saveFirst,
  };
}

function Dialogs({
  dialogs,
  saving,
}: {
  dialogs: ReturnType<typeof useDialogs>;
  saving: ReturnType<typeof useSaving>;
}) {
  const id = useEditor((state) => state.saved.id);
  const name = useEditor((state) => state.graph.pipeline);
  return (
    <>
      <Leaving onSave={saving.saveFirst} />
      <SaveDialog opened={dialogs.save.opened} onClose={dialogs.save.close} onSave={saving.saveNoted} />
      <ConflictDialog conflict={saving.conflict} onClose={saving.closeConflict} onKeepMine={saving.keepMine} />
      <HistoryDrawer opened={dialogs.history.opened} onClose={dialogs.history.close} />
      <ImportDialog
        opened={dialogs.imports.opened}
        onClose={dialogs.imports.close}
        onGraph={(graph) => edit((_, blocks) => laidOut(blocks, graph))}
      />
      <ExportDialog opened={dialogs.exports.opened} onClose={dialogs.exports.close} />
      <ShortcutsDialog opened={dialogs.help.opened} onClose={dialogs.help.close} />
      {id && dialogs.run.opened && <RunDialog opened onClose={dialogs.run.close} pipeline={{ id, name }} />}
    </>
  );
}
