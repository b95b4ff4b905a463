import { ActionIcon, Badge, Button, Group, Menu, Text, Tooltip, UnstyledButton } from "@mantine/core";
import {
  type Icon,
  IconAdjustmentsHorizontal,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChevronLeft,
  IconDeviceFloppy,
  IconDots,
  IconDownload,
  IconFlask,
  IconHistory,
  IconKeyboard,
  IconLayoutSidebarLeftExpand,
  IconPencil,
  IconPlayerPlay,
  IconPlus,
  IconSitemap,
  IconUpload,
} from "@tabler/icons-react";
import { Link } from "react-router";
import { arrangeAll } from "../state/actions";
import { redoEdit, undoEdit, useEditor } from "../state/store";
import { useUnsaved } from "../versions/saving";
import classes from "./Frame.module.css";

export interface ToolbarProps {
  narrow: boolean;
  mayEdit: boolean;
  saving: boolean;
  trying: boolean;
  onPalette: () => void;
  onInspector: () => void;
  onTry: () => void;
  onSave: () => void;
  onSaveAs: () => void;
  onRun: () => void;
  onHistory: () => void;
  onImport: () => void;
  onExport: () => void;
  onHelp: () => void;
}

/** The line above the canvas. */
export function Toolbar(props: ToolbarProps) {
  const { narrow, mayEdit } = props;
  return (
    <header className={classes.toolbar}>
      <Tooltip label="All pipelines">
        <ActionIcon component={Link} to="/pipelines" variant="subtle" color="gray" size="lg" aria-label="All pipelines">
          <IconChevronLeft size={19} />
        </ActionIcon>
      </Tooltip>
      <Name mayEdit={mayEdit} onClick={props.onInspector} />
      <Group gap={4} wrap="nowrap" ml="auto">
        {narrow && mayEdit && <Tool icon={IconPlus} label="Add a block" onClick={props.onPalette} />}
        {!narrow && mayEdit && (
          <Tool icon={IconLayoutSidebarLeftExpand} label="Show or hide the palette" onClick={props.onPalette} />
        )}
        {narrow && <Tool icon={IconAdjustmentsHorizontal} label="Settings" onClick={props.onInspector} />}
        {mayEdit && <UndoRedo />}
        {!narrow && mayEdit && <Tool icon={IconSitemap} label="Arrange from left to right (L)" onClick={arrangeAll} />}
        <More {...props} />
        {mayEdit && (
          <>
            <Labelled
              narrow={narrow}
              icon={IconFlask}
              label="Try on 5 seconds"
              variant={props.trying ? "light" : "default"}
              onClick={props.onTry}
            />
            <SaveButton {...props} />
            <RunButton {...props} />
          </>
        )}
      </Group>
    </header>
  );
}

function Name({ mayEdit, onClick }: { mayEdit: boolean; onClick: () => void }) {
  const name = useEditor((state) => state.graph.pipeline);
  const version = useEditor((state) => state.saved.version);
  const unsaved = useUnsaved();
  return (
    <div className={classes.name}>
      <Tooltip label="Name, notes and results of this pipeline">
        <UnstyledButton onClick={onClick} className={classes.rename}>
          <h1>{name || "untitled"}</h1>
          <IconPencil size={15} aria-hidden />
        </UnstyledButton>
      </Tooltip>
      {unsaved && mayEdit ? (
        <Badge variant="light" color="gray" tt="none" fw={500}>
          {version === null ? "Not saved" : "Unsaved changes"}
        </Badge>
      ) : (
        <Text size="xs" c="dimmed" className={classes.version}>
          Version {version}
        </Text>
      )}
    </div>
  );
}

type ToolProps = { icon: Icon; label: string; disabled?: boolean; onClick: () => void };

function Tool({ icon: Picture, label, disabled, onClick }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        className={classes.tool}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        disabled={disabled}
        onClick={onClick}
      >
        <Picture size={18} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  );
}

type LabelledProps = ToolProps & { narrow: boolean; variant: string; loading?: boolean; why?: string };

/** A button that keeps its words as long as there is room. */
function Labelled({ narrow, icon: Picture, label, variant, disabled, loading, why, onClick }: LabelledProps) {
  const button = narrow ? (
    <ActionIcon
      variant={variant}
      size="lg"
      aria-label={label}
      data-disabled={disabled || undefined}
      aria-disabled={disabled}
      loading={loading}
      onClick={disabled ? undefined : onClick}
    >
      <Picture size={18} stroke={1.7} />
    </ActionIcon>
  ) : (
    <Button
      variant={variant}
      leftSection={<Picture size={17} stroke={1.7} aria-hidden />}
      // Not `disabled`: the reason is to be read by hovering and by focus.
      data-disabled={disabled || undefined}
      aria-disabled={disabled}
      loading={loading}
      onClick={disabled ? undefined : onClick}
    >
      {label}
    </Button>
  );
  return (
    <Tooltip label={why || label} disabled={!why && !narrow} events={{ hover: true, focus: true, touch: true }}>
      {button}
    </Tooltip>
  );
}

function UndoRedo() {
  const past = useEditor((state) => state.history.past.length > 0);
  const future = useEditor((state) => state.history.future.length > 0);
  return (
    <>
      <Tool icon={IconArrowBackUp} label="Undo (Ctrl+Z)" disabled={!past} onClick={undoEdit} />
      <Tool icon={IconArrowForwardUp} label="Redo (Shift+Ctrl+Z)" disabled={!future} onClick={redoEdit} />
    </>
  );
}

function SaveButton({ narrow, saving, onSave }: ToolbarProps) {
  const unsaved = useUnsaved();
  return (
    <Labelled
      narrow={narrow}
      icon={IconDeviceFloppy}
      label="Save"
      variant="default"
      disabled={!unsaved}
      loading={saving}
      why={unsaved ? "Save a version (Ctrl+S)" : "Everything is saved"}
      onClick={onSave}
    />
  );
}

function RunButton({ narrow, onRun }: ToolbarProps) {
  const checking = useEditor((state) => state.checking);
  const count = checking.problems.length;
  const why = count
    ? `Mend ${count === 1 ? "the problem" : `the ${count} problems`} first: ${checking.problems[0]?.what}`
    : checking.missing.length
      ? `Get the model ${checking.missing.join(" and ")} first`
      : "";
  return (
    <Labelled
      narrow={narrow}
      icon={IconPlayerPlay}
      label="Run"
      variant="filled"
      disabled={!!why}
      why={why}
      onClick={onRun}
    />
  );
}

function More({ narrow, mayEdit, onSaveAs, onHistory, onImport, onExport, onHelp }: ToolbarProps) {
  return (
    <Menu position="bottom-end" withArrow>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="More">
          <IconDots size={19} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {narrow && mayEdit && (
          <Menu.Item leftSection={<IconSitemap size={16} />} onClick={arrangeAll}>
            Arrange
          </Menu.Item>
        )}
        {mayEdit && (
          <Menu.Item leftSection={<IconDeviceFloppy size={16} />} onClick={onSaveAs}>
            Save with a note…
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconHistory size={16} />} onClick={onHistory}>
          History
        </Menu.Item>
        {mayEdit && (
          <Menu.Item leftSection={<IconUpload size={16} />} onClick={onImport}>
            Import a file…
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconDownload size={16} />} onClick={onExport}>
          Export as a file…
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={onHelp}>
          Shortcuts
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
