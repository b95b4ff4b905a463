import { Text, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconHelpCircle } from "@tabler/icons-react";
import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { summaryOf, told } from "../inspector/forms";
import { nameOfUse } from "../model/graph";
import type { Block } from "../model/palette";
import type { BlockNode as NodeType } from "../state/flow";
import { useEditor } from "../state/store";
import classes from "./BlockNode.module.css";
import { iconOf } from "./icons";
import { InputPort, OutputPort } from "./Ports";

/** A block on the canvas. It listens to its own part of the pipeline only. */
export const BlockNode = memo(function BlockNode({ data: { name }, selected }: NodeProps<NodeType>) {
  const use = useEditor((state) => state.graph.blocks[name]);
  const block = useEditor((state) => state.blocks?.byUse.get(nameOfUse(state.graph.blocks[name])));
  const problems = useEditor((state) => state.problemsOf[name]);
  if (!use) return null;
  return (
    <div className={classes.node} data-selected={selected || undefined} data-problem={!!problems?.length || undefined}>
      <Head name={name} block={block} use={nameOfUse(use)} problems={problems?.length ?? 0} />
      {block && (
        <div className={classes.ports}>
          <div>
            {block.inputs.map((port) => (
              <InputPort key={port.name} name={name} port={port} wired={use[port.name] != null} />
            ))}
          </div>
          <div className={classes.outputs}>
            {block.outputs.map((port) => (
              <OutputPort
                key={port.name}
                name={name}
                port={port}
                canSave={!block.sink && block.family !== "source"}
                inReach={!!selected}
              />
            ))}
          </div>
        </div>
      )}
      {block && <Summary lines={summaryOf(block, use)} />}
      <Tried name={name} />
      {problems?.[0] && (
        <p className={classes.problem}>
          {told(problems[0])}
          {problems.length > 1 && ` (and ${problems.length - 1} more)`}
        </p>
      )}
    </div>
  );
});

function Head({ name, block, use, problems }: { name: string; block?: Block; use: string; problems: number }) {
  const Picture = block ? iconOf(block.family) : IconHelpCircle;
  return (
    <div className={classes.head}>
      <span className={classes.icon} aria-hidden>
        <Picture size={17} stroke={1.7} />
      </span>
      <span className={classes.words}>
        <Tooltip label={block?.summary ?? "This block is not known here."} position="top" openDelay={700}>
          <strong>{block?.title ?? use}</strong>
        </Tooltip>
        <small>{name}</small>
      </span>
      {problems > 0 && (
        <span className={classes.badge} aria-hidden>
          <IconAlertTriangle size={13} stroke={2.2} />
          {problems}
        </span>
      )}
    </div>
  );
}

function Summary({ lines }: { lines: [string, string][] }) {
  if (!lines.length) return null;
  return (
    <dl className={classes.summary}>
      {lines.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Tried({ name }: { name: string }) {
  const tried = useEditor((state) => state.preview?.blocks[name]);
  if (!tried || (!tried.picture && !tried.words)) return null;
  return (
    <div className={classes.tried}>
      {tried.picture && (
        <img src={tried.picture} alt={`What ${name} gave: ${tried.words || "a picture"}`} draggable={false} />
      )}
      <Text size="xs" className={classes.triedWords}>
        <span>{tried.words}</span>
        {tried.ms_per_record != null && <span className={classes.speed}>{tried.ms_per_record.toFixed(1)} ms</span>}
      </Text>
    </div>
  );
}
