/** A new tag, or one that is found by typing. */

import { Combobox, Modal, ScrollArea, TextInput, useCombobox } from "@mantine/core";
import { IconTag } from "@tabler/icons-react";
import { useState } from "react";
import { LONGEST_TAG, matching, tagName } from "./tags";

type Props = {
  opened: boolean;
  tags: readonly string[];
  /** Tags that the mistake has. */
  has: readonly string[];
  onChoose: (tag: string) => void;
  onClose: () => void;
};

export function TagDialog({ opened, onClose, ...search }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Tag this mistake" size="sm" transitionProps={{ duration: 0 }}>
      {opened && <Search {...search} />}
    </Modal>
  );
}

const FOUND = 50;

type Choice = { tag: string; fresh: boolean };

/** What a typed text may mean, likeliest first: a tag that is so called, one that so begins, a new one, one that holds it. */
export function optionsFor(name: string, tags: readonly string[], has: readonly string[]): Choice[] {
  const same = (tag: string) => tag.toLowerCase() === name.toLowerCase();
  const rest = matching(tags, name).filter((tag) => !same(tag) && !has.includes(tag));
  const begins = rest.filter((tag) => name && tag.toLowerCase().startsWith(name.toLowerCase()));
  const called = tags.filter(same);
  const known = (found: string[]) => found.map((tag) => ({ tag, fresh: false }));
  const fresh = name && !called.length ? [{ tag: name, fresh: true }] : [];
  return [...known(called), ...known(begins), ...fresh, ...known(rest.filter((tag) => !begins.includes(tag)))];
}

function Search({ tags, has, onChoose }: Omit<Props, "opened" | "onClose">) {
  const [text, setText] = useState("");
  const combobox = useCombobox({ opened: true });
  const name = tagName(text);
  const options = optionsFor(name, tags, has).slice(0, FOUND);
  return (
    <Combobox store={combobox} onOptionSubmit={onChoose} withinPortal={false}>
      <Combobox.EventsTarget>
        <TextInput
          aria-label="Tag"
          placeholder="Type a tag, then Enter"
          leftSection={<IconTag size={16} aria-hidden />}
          value={text}
          maxLength={LONGEST_TAG}
          data-autofocus
          onChange={(event) => {
            setText(event.currentTarget.value);
            combobox.resetSelectedOption();
            requestAnimationFrame(() => combobox.selectFirstOption());
          }}
          onKeyDown={(event) => {
            // Faster than the list is painted: what was typed counts.
            if (event.key !== "Enter" || combobox.getSelectedOptionIndex() >= 0) return;
            event.preventDefault();
            if (name && options[0]) onChoose(options[0].tag);
          }}
        />
      </Combobox.EventsTarget>
      <ScrollArea.Autosize mah="46vh" mt="xs" type="auto">
        <Combobox.Options aria-label="Tags">
          {options.map(({ tag, fresh }) => (
            <Combobox.Option key={tag} value={tag}>
              {fresh ? `A new tag: “${tag}”` : tag}
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </ScrollArea.Autosize>
    </Combobox>
  );
}
