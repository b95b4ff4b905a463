import { MultiSelect, TagsInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, must } from "../../api/client";
import { nameOfUse } from "../model/graph";
import { useEditor } from "../state/store";
import { type FieldProps, useInput } from "./Field";
import { settingValue } from "./forms";

/** The classes that the chosen model can tell apart. */
function useClasses(model: string): string[] {
  const card = useQuery({
    queryKey: ["model", model],
    queryFn: () => must(api.GET("/api/models/{name}", { params: { path: { name: model } } })),
    enabled: model !== "",
    retry: false,
  });
  return card.data?.classes ?? [];
}

export function ClassesField(props: FieldProps) {
  const { setting, use, set } = props;
  const chooser = useEditor(({ blocks }) =>
    blocks?.byUse.get(nameOfUse(use))?.settings.find(({ name }) => name === setting.classes_of),
  );
  const known = useClasses(chooser ? String(settingValue(chooser, use) ?? "") : "");
  const input = useInput(props);
  const value = settingValue(setting, use);
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const change = (next: string[]) => set(next.length ? next : undefined);
  if (!known.length) {
    return <TagsInput {...input} value={chosen} placeholder={chosen.length ? "" : "all"} clearable onChange={change} />;
  }
  return (
    <MultiSelect
      {...input}
      data={[...new Set([...known, ...chosen])]}
      value={chosen}
      placeholder={chosen.length ? "" : `all ${known.length}`}
      searchable
      clearable
      hidePickedOptions
      limit={100}
      onChange={change}
    />
  );
}
