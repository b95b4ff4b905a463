import { Group, Select, type SelectProps, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, must, type Shape } from "../../api/client";
import { GetModel } from "../../models/GetModel";
import { bytes } from "../../shared/format";
import { type FieldProps, useInput } from "./Field";
import { settingValue } from "./forms";

type Model = Shape<"ModelShape">;

export const useModels = () => useQuery({ queryKey: ["models"], queryFn: () => must(api.GET("/api/models")) });

/** A model that fits the block's task, with its licence; one that is not here yet can be got. */
export function ModelField(props: FieldProps) {
  const { setting, use, set } = props;
  const models = useModels().data ?? [];
  const fitting = models.filter(({ task }) => !setting.task || task === setting.task);
  const value = String(settingValue(setting, use) ?? "");
  const byName = new Map(fitting.map((model) => [model.name, model]));
  const names = byName.has(value) || !value ? [...byName.keys()] : [value, ...byName.keys()];
  return (
    <div>
      <Select
        {...useInput(props)}
        data={names}
        value={value || null}
        searchable
        nothingFoundMessage="No model for this task has that name"
        onChange={(next) => set(next ?? undefined)}
        renderOption={optionOf(byName)}
      />
      <ModelLine model={byName.get(value)} />
    </div>
  );
}

const optionOf =
  (models: Map<string, Model>): SelectProps["renderOption"] =>
  ({ option }) => {
    const model = models.get(option.value);
    return (
      <div>
        <Text size="sm">{option.value}</Text>
        <Text size="xs" c="dimmed">
          {model
            ? [model.licence, bytes(model.bytes), model.installed ? "" : "not here yet"].filter(Boolean).join(" · ")
            : "unknown"}
        </Text>
      </div>
    );
  };

function ModelLine({ model }: { model: Model | undefined }) {
  if (!model) return null;
  return (
    <Group gap={6} mt={4}>
      <Text size="xs" c="dimmed">
        Licence {model.licence}.
      </Text>
      {!model.installed && <GetModel name={model.name}>Not here yet: get it</GetModel>}
    </Group>
  );
}
