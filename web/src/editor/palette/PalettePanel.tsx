import { Kbd, ScrollArea, Text, TextInput, Tooltip, UnstyledButton } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight, IconSearch } from "@tabler/icons-react";
import { memo, useMemo, useState } from "react";
import { dragBlock } from "../canvas/dragged";
import { iconOf } from "../canvas/icons";
import { type Block, byFamily, type Family, kindWords, searchBlocks } from "../model/palette";
import { addFromPalette } from "../state/actions";
import { useEditor } from "../state/store";
import { Marked } from "./Marked";
import classes from "./Palette.module.css";

/** The blocks there are, by family. Enter or a click adds one; it can be dragged as well. */
export function PalettePanel({ onAdded }: { onAdded?: () => void }) {
  const blocks = useEditor((state) => state.blocks);
  const [search, setSearch] = useState("");
  const [closed, setClosed] = useLocalStorage<string[]>({ key: "trackside-palette-closed", defaultValue: [] });
  const groups = useMemo(() => {
    if (!blocks) return [];
    const all = blocks.offered.filter((block) => block.family !== "source");
    return byFamily(blocks.palette, searchBlocks(all, search));
  }, [blocks, search]);
  const toggle = (name: string) =>
    setClosed((now) => (now.includes(name) ? now.filter((other) => other !== name) : [...now, name]));
  return (
    <div className={classes.panel}>
      <TextInput
        className={classes.search}
        aria-label="Search blocks"
        placeholder="Search blocks"
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={<Kbd size="xs">/</Kbd>}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          const first = groups[0]?.blocks[0];
          if (event.key !== "Enter" || !first || !search) return;
          addFromPalette(first);
          onAdded?.();
        }}
      />
      <ScrollArea className={classes.list} type="auto" offsetScrollbars="y">
        {groups.map(({ family, blocks: members }) => (
          <Group
            key={family.name}
            family={family}
            blocks={members}
            search={search}
            open={!!search || !closed.includes(family.name)}
            onToggle={() => toggle(family.name)}
            onAdded={onAdded}
          />
        ))}
        {!groups.length && (
          <Text size="sm" c="dimmed" p="sm">
            {blocks ? "No block matches. Try a shorter word, such as “count” or “people”." : "Loading the blocks…"}
          </Text>
        )}
      </ScrollArea>
    </div>
  );
}

type GroupProps = {
  family: Family;
  blocks: Block[];
  search: string;
  open: boolean;
  onToggle: () => void;
  onAdded?: () => void;
};

function Group({ family, blocks, search, open, onToggle, onAdded }: GroupProps) {
  const Chevron = open ? IconChevronDown : IconChevronRight;
  return (
    <section>
      <Tooltip label={family.help} disabled={!family.help} position="right">
        <UnstyledButton className={classes.family} aria-expanded={open} onClick={onToggle}>
          <Chevron size={14} aria-hidden />
          {family.title}
          <span className={classes.count}>{blocks.length}</span>
        </UnstyledButton>
      </Tooltip>
      {open && blocks.map((block) => <Entry key={block.use} block={block} search={search} onAdded={onAdded} />)}
    </section>
  );
}

const Entry = memo(function Entry({ block, search, onAdded }: { block: Block; search: string; onAdded?: () => void }) {
  const Picture = iconOf(block.family);
  return (
    <Tooltip
      label={<Help block={block} />}
      position="right"
      openDelay={450}
      events={{ hover: true, focus: true, touch: false }}
    >
      <UnstyledButton
        className={classes.entry}
        draggable
        onDragStart={(event) => dragBlock(event, block)}
        onClick={() => {
          addFromPalette(block);
          onAdded?.();
        }}
      >
        <Picture size={18} stroke={1.6} aria-hidden />
        <span className={classes.words}>
          <strong>
            <Marked text={block.title} search={search} />
          </strong>
          {search && (
            <small>
              <Marked text={block.summary} search={search} />
            </small>
          )}
        </span>
      </UnstyledButton>
    </Tooltip>
  );
});

function Help({ block }: { block: Block }) {
  const takes = block.inputs.map((port) => kindWords(port)).join(", ");
  const gives = block.outputs.map((port) => kindWords(port)).join(", ");
  return (
    <>
      <Text size="xs">{block.summary}</Text>
      {takes && (
        <Text size="xs" mt={4}>
          Takes {takes}.
        </Text>
      )}
      {gives && <Text size="xs">Gives {gives}.</Text>}
    </>
  );
}
