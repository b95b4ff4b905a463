import {
  ActionIcon,
  Badge,
  Button,
  Group,
  List,
  Menu,
  Select,
  Skeleton,
  Table,
  Text,
  VisuallyHidden,
} from "@mantine/core";
import { IconBan, IconCircleCheck, IconDots, IconKey, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Shape } from "../api/client";
import { Confirm } from "../shared/Confirm";
import { ago } from "../shared/format";
import { notifyProblem, Problems } from "../shared/problems";
import { useSession } from "../shared/session";
import { PersonDialog } from "./PersonDialog";
import { roles } from "./roles";
import { Section } from "./Section";

export type Person = Shape<"PersonShape">;
type Change = { id: string; body: Shape<"PersonChange"> };
type Doing = { what: "add" } | { what: "password" | "remove"; person: Person } | null;

/** The accounts of the site. */
export function PeopleTab() {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ["people"] });
  const people = useQuery({ queryKey: ["people"], queryFn: () => must(api.GET("/api/people")) });
  const [doing, setDoing] = useState<Doing>(null);
  const change = useMutation({
    mutationFn: ({ id, body }: Change) =>
      must(api.PATCH("/api/people/{person_id}", { params: { path: { person_id: id } }, body })),
    onError: notifyProblem,
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: (id: string) => must(api.DELETE("/api/people/{person_id}", { params: { path: { person_id: id } } })),
    onSuccess: () => setDoing(null),
    onError: notifyProblem,
    onSettled: refresh,
  });
  return (
    <>
      <Section
        title="People"
        about="Who may come in, and what they may do."
        action={
          <Button leftSection={<IconPlus size={16} />} onClick={() => setDoing({ what: "add" })}>
            Add a person
          </Button>
        }
      >
        <Problems error={people.error} />
        {people.isPending && <Skeleton h={120} />}
        {people.data && <Rows people={people.data} onChange={change.mutate} onDo={setDoing} />}
      </Section>
      <Section title="What the roles mean">
        <List size="sm" spacing={4}>
          {roles.map((role) => (
            <List.Item key={role.value}>
              <strong>{role.label}</strong> {role.about}.
            </List.Item>
          ))}
        </List>
      </Section>
      <PersonDialog
        opened={doing?.what === "add" || doing?.what === "password"}
        person={doing?.what === "password" ? doing.person : undefined}
        onClose={() => setDoing(null)}
        onDone={refresh}
      />
      <Confirm
        opened={doing?.what === "remove"}
        title={`Remove ${doing?.what === "remove" ? doing.person.name : ""}?`}
        action="Remove"
        danger
        loading={remove.isPending}
        onClose={() => setDoing(null)}
        onConfirm={() => doing?.what === "remove" && remove.mutate(doing.person.id)}
      >
        The account and its tokens are gone at once; videos, pipelines and runs that it made stay.
      </Confirm>
    </>
  );
}

type RowsProps = { people: Person[]; onChange: (change: Change) => void; onDo: (doing: Doing) => void };

function Rows({ people, onChange, onDo }: RowsProps) {
  const own = useSession().data?.name;
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Role</Table.Th>
            <Table.Th>Since</Table.Th>
            <Table.Th>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {people.map((person) => (
            <Table.Tr key={person.id}>
              <Table.Td>
                <Group gap="xs">
                  <Text size="sm" fw={550}>
                    {person.name}
                  </Text>
                  {person.name === own && (
                    <Badge variant="default" tt="none">
                      you
                    </Badge>
                  )}
                  {person.by_provider && (
                    <Badge variant="default" tt="none">
                      by the provider
                    </Badge>
                  )}
                  {person.disabled && (
                    <Badge color="gray" variant="light" tt="none">
                      switched off
                    </Badge>
                  )}
                </Group>
              </Table.Td>
              <Table.Td>
                <Select
                  size="xs"
                  w={150}
                  aria-label={`Role of ${person.name}`}
                  allowDeselect={false}
                  data={roles}
                  value={person.role}
                  onChange={(role) => role && onChange({ id: person.id, body: { role } })}
                />
              </Table.Td>
              <Table.Td>{ago(person.created)}</Table.Td>
              <Table.Td ta="right">
                <PersonMenu person={person} onChange={onChange} onDo={onDo} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function PersonMenu({ person, onChange, onDo }: Omit<RowsProps, "people"> & { person: Person }) {
  const off = person.disabled;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${person.name}`}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {!person.by_provider && (
          <Menu.Item leftSection={<IconKey size={16} />} onClick={() => onDo({ what: "password", person })}>
            Set a new password
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={off ? <IconCircleCheck size={16} /> : <IconBan size={16} />}
          onClick={() => onChange({ id: person.id, body: { disabled: !off } })}
        >
          {off ? "Switch on again" : "Switch off"}
        </Menu.Item>
        <Menu.Item
          c="var(--mantine-color-error)"
          leftSection={<IconTrash size={16} />}
          onClick={() => onDo({ what: "remove", person })}
        >
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
