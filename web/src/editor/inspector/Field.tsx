import { ActionIcon, Input, Text, Tooltip } from "@mantine/core";
import { IconRestore } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Use } from "../model/graph";
import type { Setting } from "../model/palette";
import { setArgument } from "../state/actions";
import { endGroup, useEditor } from "../state/store";
import { capital, isSet, problemsAt, problemWords, rangeWords, valueProblem, valueWords } from "./forms";
import classes from "./Inspector.module.css";

/** What every widget of a form gets. `set(undefined)` goes back to the default. */
export interface FieldProps {
  block: string;
  setting: Setting;
  use: Use;
  set: (value: unknown) => void;
}

export const fieldId = (block: string, name: string): string => `field-${block}-${name}`;

/** What is wrong with a field: what the form sees, else what the server said. */
export function useFieldError(block: string, setting: Setting, use: Use): string | undefined {
  const problems = useEditor((state) => state.problemsOf[block]);
  const own = use[setting.name] === undefined ? "" : valueProblem(setting, use[setting.name]);
  return own || problemWords(problemsAt(problems, setting.name)) || undefined;
}

/** The help, the range and the default of a setting, for under its label. */
export function describeSetting(setting: Setting): string {
  const range = rangeWords(setting);
  const standard = valueWords(setting, setting.default);
  // That a length is at least 0 goes without saying.
  const told = setting.maximum != null && `${capital(range)}.`;
  return [setting.help, told, standard && `Usually ${standard}.`].filter(Boolean).join(" ");
}

/** The title, and whether it must be set. */
export function FieldLabel({ setting }: Pick<FieldProps, "setting">) {
  return (
    <>
      {setting.title || setting.name}
      {setting.required && (
        <Text span c="var(--mantine-color-error)" aria-label="must be set">
          {" *"}
        </Text>
      )}
    </>
  );
}

/** A field with the button that goes back to the default, beside the label and not part of it. */
export function Resettable({ block, setting, use, children }: Omit<FieldProps, "set"> & { children: ReactNode }) {
  const words = `${setting.title || setting.name}: back to the default`;
  return (
    <div className={classes.field}>
      {children}
      {isSet(setting, use) && !setting.required && (
        <Tooltip label="Back to the default">
          <ActionIcon
            className={classes.reset}
            size={20}
            variant="subtle"
            color="gray"
            aria-label={words}
            onClick={() => setArgument(block, setting.name, undefined, "")}
          >
            <IconRestore size={14} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}

/** A field that is no single input: its label, help and problem around what it is made of. */
export function FieldBox({ block, setting, use, children }: Omit<FieldProps, "set"> & { children: ReactNode }) {
  const error = useFieldError(block, setting, use);
  return (
    <fieldset id={fieldId(block, setting.name)} tabIndex={-1} className={classes.box}>
      <legend>
        <FieldLabel setting={setting} />
      </legend>
      <Input.Description mb={6}>{setting.help}</Input.Description>
      {children}
      {error && (
        <Text size="xs" c="var(--mantine-color-error)" mt={4}>
          {error}
        </Text>
      )}
    </fieldset>
  );
}

/** What inputs of one line have in common. */
export function useInput({ block, setting, use }: FieldProps) {
  return {
    id: fieldId(block, setting.name),
    label: <FieldLabel setting={setting} />,
    description: setting.help,
    error: useFieldError(block, setting, use),
    onBlur: endGroup,
  };
}
