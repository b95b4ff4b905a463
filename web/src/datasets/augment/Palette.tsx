/** All transforms by their kind, to be added by a click. */

import { Text, TextInput, Title, Tooltip, UnstyledButton } from "@mantine/core";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import classes from "./augment.module.css";
import type { Form } from "./types";

const KINDS: Record<string, string> = {
  geometric: "Shape and place",
  photometric: "Light, colour and quality",
  covering: "Covering",
  mixing: "Mixing pictures",
};

export function Palette({ forms, onAdd }: { forms: Form[]; onAdd: (form: Form) => void }) {
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const found = forms.filter((one) => `${one.title} ${one.help}`.toLowerCase().includes(wanted));
  const kinds = [...new Set([...Object.keys(KINDS), ...forms.map((one) => one.kind ?? "")])];
  return (
    <section aria-label="Transforms" className={classes.palette}>
      <div className={classes.paletteHead}>
        <Title order={3}>Add a transform</Title>
        <TextInput
          aria-label="Search transforms"
          placeholder="Search"
          size="xs"
          w={140}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </div>
      {kinds.map((kind) => {
        const here = found.filter((one) => (one.kind ?? "") === kind);
        if (!here.length) return null;
        return (
          <div key={kind}>
            <Text size="xs" c="dimmed" mb={4}>
              {KINDS[kind] ?? kind}
            </Text>
            <div className={classes.chips}>
              {here.map((one) => (
                <Tooltip key={one.name} label={one.help}>
                  <UnstyledButton className={classes.chip} onClick={() => onAdd(one)} aria-label={`Add ${one.title}`}>
                    <IconPlus size={13} aria-hidden /> {one.title}
                  </UnstyledButton>
                </Tooltip>
              ))}
            </div>
          </div>
        );
      })}
      {found.length === 0 && (
        <Text size="sm" c="dimmed">
          No transform is so called.
        </Text>
      )}
    </section>
  );
}
