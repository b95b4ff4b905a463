/** A field for a setting, from what its schema says. */

import { Chip, Group, NumberInput, Select, Slider, Switch, Text, TextInput } from "@mantine/core";
import { spoken } from "../words";
import classes from "./augment.module.css";
import { boundsOf } from "./bounds";
import type { Setting } from "./types";

type Props = {
  setting: Setting;
  /** The transform, for those who hear the page. */
  of: string;
  value: unknown;
  onChange: (value: unknown) => void;
};

export function SettingField(props: Props) {
  const { setting, of, value, onChange } = props;
  const label = spoken(setting.name);
  if (setting.enum) {
    return (
      <Row setting={setting}>
        <Select
          size="xs"
          aria-label={`${label} of ${of}`}
          data={setting.enum.map(String)}
          value={String(value)}
          onChange={(chosen) => chosen !== null && onChange(chosen)}
          allowDeselect={false}
        />
      </Row>
    );
  }
  if (setting.type === "number" || setting.type === "integer") {
    return <NumberSetting {...props} value={Number(value)} onChange={onChange} />;
  }
  if (setting.type === "boolean") {
    return (
      <Switch
        size="sm"
        my={8}
        label={label}
        description={setting.description}
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  }
  if (setting.type === "array" && setting.items?.type === "integer") return <Several {...props} />;
  return (
    <Row setting={setting}>
      <TextInput
        size="xs"
        aria-label={`${label} of ${of}`}
        value={String(value ?? "")}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </Row>
  );
}

type NumberProps = Omit<Props, "value" | "onChange"> & { value: number; onChange: (value: number) => void };

/** A number by slider or typed. */
export function NumberSetting({ setting, of, value, onChange }: NumberProps) {
  const { min, max, step } = boundsOf(setting);
  const label = `${spoken(setting.name)} of ${of}`;
  // A slider over thousands of pixels hits nothing.
  const slides = max - min <= 1000;
  return (
    <Row setting={setting}>
      {slides && (
        <Slider
          size="sm"
          className={classes.slider}
          min={min}
          max={max}
          step={step}
          value={value}
          onChange={onChange}
          label={null}
          thumbLabel={label}
        />
      )}
      <NumberInput
        size="xs"
        w={82}
        aria-label={`${label}, typed`}
        min={min}
        max={max}
        step={step}
        clampBehavior="blur"
        allowDecimal={setting.type !== "integer"}
        value={value}
        onChange={(typed) => typed !== "" && Number.isFinite(Number(typed)) && onChange(Number(typed))}
      />
    </Row>
  );
}

/** Some of a few whole numbers. */
function Several({ setting, of, value, onChange }: Props) {
  const { minimum = 0, maximum = 3 } = setting.items ?? {};
  const all = Array.from({ length: maximum - minimum + 1 }, (_, place) => String(minimum + place));
  return (
    <Row setting={setting}>
      <Chip.Group
        multiple
        value={Array.isArray(value) ? value.map(String) : []}
        onChange={(chosen) => chosen.length && onChange(chosen.map(Number).sort((a, b) => a - b))}
      >
        <Group gap={4} role="group" aria-label={`${spoken(setting.name)} of ${of}`}>
          {all.map((one) => (
            <Chip key={one} value={one} size="xs">
              {one}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </Row>
  );
}

function Row({ setting, children }: { setting: Setting; children: React.ReactNode }) {
  return (
    <div className={classes.setting}>
      <Text size="sm" title={setting.description}>
        {spoken(setting.name)}
      </Text>
      {children}
      {setting.description && (
        <Text size="xs" c="dimmed" className={classes.described}>
          {setting.description}
        </Text>
      )}
    </div>
  );
}
