/** The classes with their keys; many are searched. */

import { Combobox, Kbd, Modal, ScrollArea, Text, TextInput, UnstyledButton, useCombobox } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { keyOf } from "./keys";
import classes from "./queue.module.css";

type Props = {
  names: string[];
  /** The class that the picture has. */
  has: string;
  suggested: string;
  onChoose: (name: string) => void;
  onSearch: () => void;
};

// Those without a key are searched: a long list helps nobody.
const SHOWN = 60;

export function Classes({ names, has, suggested, onChoose, onSearch }: Props) {
  return (
    <section aria-label="Classes" className={classes.classes}>
      {names.slice(0, SHOWN).map((name, place) => (
        <UnstyledButton
          key={name}
          className={classes.class}
          aria-current={name === has || undefined}
          data-suggested={name === suggested || undefined}
          onClick={() => onChoose(name)}
        >
          <span className={classes.className}>{name}</span>
          {name === has && <small>now</small>}
          {name === suggested && <small>suggested</small>}
          {keyOf(place) && <Kbd size="xs">{keyOf(place)}</Kbd>}
        </UnstyledButton>
      ))}
      <UnstyledButton className={classes.class} onClick={onSearch}>
        <span className={classes.className}>
          {names.length > SHOWN
            ? `Search all ${names.length.toLocaleString("en-GB")} classes`
            : "Search, or a new class"}
        </span>
        <Kbd size="xs">/</Kbd>
      </UnstyledButton>
    </section>
  );
}

type SearchProps = { opened: boolean; names: string[]; onChoose: (name: string) => void; onClose: () => void };

export function ClassSearch({ opened, names, onChoose, onClose }: SearchProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Choose a class" size="sm" transitionProps={{ duration: 0 }}>
      {opened && <Search names={names} onChoose={onChoose} onClose={onClose} />}
    </Modal>
  );
}

const FOUND = 50;

function Search({ names, onChoose, onClose }: Omit<SearchProps, "opened">) {
  const [text, setText] = useState("");
  const combobox = useCombobox({ opened: true });
  const found = matching(names, text);
  const fresh = text.trim() && !names.includes(text.trim()) ? text.trim() : "";
  return (
    <Combobox store={combobox} onOptionSubmit={onChoose} withinPortal={false}>
      <Combobox.EventsTarget>
        <TextInput
          aria-label="Class"
          placeholder="Type a part of its name"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          maxLength={1000}
          data-autofocus
          // The list keeps this key for itself, to close what is always open here.
          onKeyDownCapture={(event) => event.key === "Escape" && onClose()}
          onChange={(event) => {
            setText(event.currentTarget.value);
            combobox.resetSelectedOption();
            requestAnimationFrame(() => combobox.selectFirstOption());
          }}
        />
      </Combobox.EventsTarget>
      <ScrollArea.Autosize mah="46vh" mt="xs" type="auto">
        <Combobox.Options aria-label="Classes">
          {found.slice(0, FOUND).map((name) => (
            <Combobox.Option key={name} value={name}>
              {name}
            </Combobox.Option>
          ))}
          {fresh && <Combobox.Option value={fresh}>A new class: “{fresh}”</Combobox.Option>}
        </Combobox.Options>
        {found.length > FOUND && (
          <Text size="xs" c="dimmed" p="xs">
            {(found.length - FOUND).toLocaleString("en-GB")} more; type on.
          </Text>
        )}
      </ScrollArea.Autosize>
    </Combobox>
  );
}

/** Names that hold a text; those that begin with it first. */
export function matching(names: string[], text: string): string[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return names;
  const found = names.filter((name) => name.toLowerCase().includes(wanted));
  const begins = (name: string) => (name.toLowerCase().startsWith(wanted) ? 0 : 1);
  return found.sort((a, b) => begins(a) - begins(b));
}
