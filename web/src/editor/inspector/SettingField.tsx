import {
  MultiSelect,
  NumberInput,
  SegmentedControl,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from "@mantine/core";
import { memo, useState } from "react";
import { DrawField } from "../drawing/DrawField";
import type { Setting } from "../model/palette";
import { setArgument } from "../state/actions";
import { endGroup, useEditor } from "../state/store";
import { ClassesField } from "./ClassesField";
import { describeSetting, FieldBox, type FieldProps, Resettable, useInput } from "./Field";
import { settingValue, stepOf, valueWords } from "./forms";
import { ModelField } from "./ModelField";

/** One field of a block's form, as its widget says. */
export const SettingField = memo(function SettingField({ block, setting }: { block: string; setting: Setting }) {
  const use = useEditor((state) => state.graph.blocks[block]);
  if (!use) return null;
  const props: FieldProps = { block, setting, use, set: (value) => setArgument(block, setting.name, value) };
  return (
    <Resettable block={block} setting={setting} use={use}>
      <Widget {...props} />
    </Resettable>
  );
});

function Widget(props: FieldProps) {
  switch (props.setting.widget) {
    case "number":
    case "integer":
      return <NumberField {...props} />;
    case "switch":
      return <SwitchField {...props} />;
    case "choice":
      return <ChoiceField {...props} />;
    case "choices":
      return <ChoicesField {...props} />;
    case "model":
      return <ModelField {...props} />;
    case "classes":
      return <ClassesField {...props} />;
    case "polygons":
    case "polygon":
    case "line":
    case "lines":
    case "points":
      return <DrawField {...props} />;
    case "list":
      return <ListField {...props} />;
    case "json":
      return <JsonField {...props} />;
    default:
      return <TextField {...props} />;
  }
}

function NumberField(props: FieldProps) {
  const { setting, use, set } = props;
  const value = use[setting.name];
  return (
    <NumberInput
      {...useInput(props)}
      description={describeSetting(setting)}
      value={typeof value === "number" ? value : ""}
      placeholder={valueWords(setting, setting.default) || "not set"}
      suffix={setting.unit ? ` ${setting.unit}` : undefined}
      allowDecimal={setting.widget === "number"}
      step={stepOf(setting)}
      startValue={typeof setting.default === "number" ? setting.default : 0}
      clampBehavior="none"
      onChange={(next) => set(typeof next === "number" ? next : next === "" ? undefined : Number(next))}
    />
  );
}

function SwitchField(props: FieldProps) {
  const { onBlur, ...input } = useInput(props);
  return (
    <Switch
      {...input}
      checked={Boolean(settingValue(props.setting, props.use))}
      onChange={(event) => props.set(event.currentTarget.checked)}
    />
  );
}

const MOST_SEGMENTS = 3;

function ChoiceField(props: FieldProps) {
  const { block, setting, use, set } = props;
  const input = useInput(props);
  const value = settingValue(setting, use);
  if (setting.choices.length > MOST_SEGMENTS || setting.nullable || value == null) {
    return (
      <Select
        {...input}
        data={setting.choices}
        value={typeof value === "string" ? value : null}
        placeholder="not set"
        clearable={setting.nullable}
        onChange={(next) => set(next ?? undefined)}
      />
    );
  }
  return (
    <FieldBox block={block} setting={setting} use={use}>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={setting.title || setting.name}
        data={setting.choices}
        value={String(value)}
        onChange={set}
      />
    </FieldBox>
  );
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function ChoicesField(props: FieldProps) {
  const { setting, use, set } = props;
  return (
    <MultiSelect
      {...useInput(props)}
      data={setting.choices}
      value={texts(settingValue(setting, use))}
      placeholder="choose"
      searchable
      clearable
      onChange={set}
    />
  );
}

function ListField(props: FieldProps) {
  const { setting, use, set } = props;
  const item = setting.json_schema.items as { type?: string } | undefined;
  const numbers = item?.type === "number" || item?.type === "integer";
  return (
    <TagsInput
      {...useInput(props)}
      value={texts(settingValue(setting, use))}
      placeholder="type, then Enter"
      clearable
      onChange={(next) => set(next.length ? (numbers ? next.map(Number) : next) : undefined)}
    />
  );
}

function TextField(props: FieldProps) {
  const { setting, use, set } = props;
  const value = use[setting.name];
  return (
    <TextInput
      {...useInput(props)}
      value={value == null ? "" : String(value)}
      placeholder={valueWords(setting, setting.default)}
      onChange={(event) => set(event.currentTarget.value || undefined)}
    />
  );
}

function JsonField(props: FieldProps) {
  const { setting, use, set } = props;
  const input = useInput(props);
  const value = use[setting.name];
  const [text, setText] = useState<string | null>(null);
  const [trouble, setTrouble] = useState("");
  const change = (next: string) => {
    setText(next);
    try {
      set(next.trim() ? JSON.parse(next) : undefined);
      setTrouble("");
    } catch {
      setTrouble("This is not JSON yet, so the last right value holds.");
    }
  };
  return (
    <Textarea
      {...input}
      error={trouble || input.error}
      autosize
      minRows={2}
      maxRows={12}
      ff="monospace"
      value={text ?? (value === undefined ? "" : JSON.stringify(value, null, 1))}
      placeholder={JSON.stringify(setting.default)}
      onChange={(event) => change(event.currentTarget.value)}
      onBlur={() => {
        if (!trouble) setText(null);
        endGroup();
      }}
    />
  );
}
