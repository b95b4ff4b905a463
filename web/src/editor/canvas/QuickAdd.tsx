import { ScrollArea, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useId, useMemo, useState } from "react";
import type { Point } from "../model/graph";
import { type Block, searchBlocks } from "../model/palette";
import { blocksThatFit } from "../model/wiring";
import { Marked } from "../palette/Marked";
import { addFromPalette } from "../state/actions";
import { useEditor } from "../state/store";
import { Floating } from "./Floating";
import { iconOf } from "./icons";
import classes from "./QuickAdd.module.css";

const close = () => useEditor.setState({ quickAdd: null });

/** Adds a block at the cursor; at the loose end of a wire, only blocks that fit there. */
export function QuickAdd() {
  const asked = useEditor((state) => state.quickAdd);
  if (!asked) return null;
  return (
    <Floating at={asked.screen} width={340} height={380} label="Add a block" onClose={close}>
      <Choice key={`${asked.screen.x} ${asked.screen.y}`} at={asked.canvas} />
    </Floating>
  );
}

function useCandidates(search: string): Block[] {
  const blocks = useEditor((state) => state.blocks);
  const loose = useEditor((state) => state.quickAdd?.loose);
  return useMemo(() => {
    if (!blocks) return [];
    const all = blocks.offered.filter((block) => block.family !== "source");
    const fitting = loose ? blocksThatFit(blocks, useEditor.getState().graph, loose, loose.side) : all;
    return searchBlocks(fitting, search);
  }, [blocks, loose, search]);
}

function Choice({ at }: { at: Point | undefined }) {
  const loose = useEditor((state) => state.quickAdd?.loose);
  const [search, setSearch] = useState("");
  const [place, setPlace] = useState(0);
  const id = useId();
  const found = useCandidates(search);
  useEffect(() => {
    document.getElementById(`${id}-${place}`)?.scrollIntoView({ block: "nearest" });
  }, [id, place]);

  const add = (block: Block | undefined) => {
    if (!block) return;
    close();
    const left = loose?.side === "input" ? 240 : 0;
    addFromPalette(block, at && [at[0] - left, at[1] - 30], loose);
  };
  const keys = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setPlace((now) => (found.length ? (now + step + found.length) % found.length : 0));
    }
    if (event.key === "Enter") {
      event.preventDefault();
      add(found[place]);
    }
  };
  return (
    <>
      <TextInput
        // At once: what is typed right after the key that opened it belongs here, not to the canvas.
        autoFocus
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length ? `${id}-${place}` : undefined}
        aria-label="Search blocks"
        placeholder={
          loose ? `What should ${loose.side === "output" ? "take" : "give"} “${loose.port}”?` : "Add a block…"
        }
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value);
          setPlace(0);
        }}
        onKeyDown={keys}
      />
      <ScrollArea.Autosize mah={290} mt="xs" type="auto">
        <div role="listbox" id={`${id}-list`} aria-label="Blocks">
          {found.map((block, number) => (
            <Option
              key={block.use}
              id={`${id}-${number}`}
              block={block}
              search={search}
              active={number === place}
              onAdd={() => add(block)}
              onPoint={() => setPlace(number)}
            />
          ))}
        </div>
        {!found.length && (
          <Text size="sm" c="dimmed" p="xs">
            {loose ? "No block fits here." : "No block is called that."}
          </Text>
        )}
      </ScrollArea.Autosize>
    </>
  );
}

type OptionProps = {
  id: string;
  block: Block;
  search: string;
  active: boolean;
  onAdd: () => void;
  onPoint: () => void;
};

function Option({ id, block, search, active, onAdd, onPoint }: OptionProps) {
  const Picture = iconOf(block.family);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the text field above it hears the keys (combobox pattern)
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={active}
      className={classes.option}
      onClick={onAdd}
      onMouseMove={onPoint}
    >
      <Picture size={18} stroke={1.6} aria-hidden />
      <span>
        <strong>
          <Marked text={block.title} search={search} />
        </strong>
        <small>
          <Marked text={block.summary} search={search} />
        </small>
      </span>
    </div>
  );
}
