import { ActionIcon, Tooltip } from "@mantine/core";
import { IconDeviceFloppy } from "@tabler/icons-react";
import { Handle, Position } from "@xyflow/react";
import type { CSSProperties } from "react";
import { isSaved } from "../model/graph";
import { colourOf, kindWords, type Port } from "../model/palette";
import { toggleSave } from "../state/actions";
import { type EditorState, useEditor } from "../state/store";
import classes from "./Ports.module.css";

type Side = "output" | "input";

/** Whether the wire that is being drawn may end here: `fit`, `dim`, or nothing while none is drawn. */
function glowOf({ loose }: EditorState, name: string, port: string, side: Side): "fit" | "dim" | undefined {
  if (!loose?.fits || (loose.block === name && loose.port === port && loose.side === side)) return undefined;
  return loose.side !== side && loose.fits.has(`${name}.${port}`) ? "fit" : "dim";
}

function usePort(name: string, port: Port, side: Side) {
  const colour = useEditor((state) => (state.blocks ? colourOf(state.blocks, port) : ""));
  const glow = useEditor((state) => glowOf(state, name, port.name, side));
  return { style: { "--port": colour } as CSSProperties, glow };
}

export function InputPort({ name, port, wired }: { name: string; port: Port; wired: boolean }) {
  const { style, glow } = usePort(name, port, "input");
  const missing = port.required && !wired;
  const takes = `Takes ${kindWords(port)}${port.many ? ", several" : ""}${port.required ? "" : " (may stay free)"}. ${port.help}`;
  return (
    <div className={classes.port} style={style} data-glow={glow} data-missing={missing || undefined}>
      <Handle
        type="target"
        position={Position.Left}
        id={port.name}
        className={classes.dot}
        data-wired={wired || undefined}
      />
      <Tooltip label={takes} openDelay={500} position="left">
        <span className={classes.name}>
          {port.title || port.name}
          {missing && <b title="This input needs a wire"> needed</b>}
        </span>
      </Tooltip>
    </div>
  );
}

type OutputProps = { name: string; port: Port; canSave: boolean; inReach: boolean };

/** `inReach`: whether Tab leads into it; through all blocks it would be a long way. */
export function OutputPort({ name, port, canSave, inReach }: OutputProps) {
  const { style, glow } = usePort(name, port, "output");
  return (
    <div className={classes.port} data-side="output" style={style} data-glow={glow}>
      {canSave && <SaveFlag name={name} port={port} inReach={inReach} />}
      <Tooltip label={`Gives ${kindWords(port)}. ${port.help}`} openDelay={500} position="right">
        <span className={classes.name}>{port.title || port.name}</span>
      </Tooltip>
      <Handle type="source" position={Position.Right} id={port.name} className={classes.dot} data-wired />
    </div>
  );
}

function SaveFlag({ name, port, inReach }: Omit<OutputProps, "canSave">) {
  const saved = useEditor(({ blocks, graph }) => !!blocks && isSaved(blocks, graph, { block: name, port: port.name }));
  const readOnly = useEditor((state) => state.readOnly);
  if (readOnly && !saved) return null;
  const words = saved ? "Goes into the results" : "Save this output into the results";
  return (
    <Tooltip label={words}>
      <ActionIcon
        className={classes.save}
        variant={saved ? "light" : "subtle"}
        color={saved ? "brand" : "gray"}
        size={20}
        tabIndex={inReach ? 0 : -1}
        aria-disabled={readOnly || undefined}
        data-saved={saved || undefined}
        aria-pressed={saved}
        aria-label={`${words}: ${port.name}`}
        onClick={() => toggleSave({ block: name, port: port.name })}
      >
        <IconDeviceFloppy size={14} stroke={1.8} />
      </ActionIcon>
    </Tooltip>
  );
}
