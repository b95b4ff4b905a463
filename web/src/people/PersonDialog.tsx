import { Button, Group, Modal, PasswordInput, Select, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, must } from "../api/client";
import { notifyDone, Problems } from "../shared/problems";
import type { Person } from "./PeopleTab";
import { type Role, roles } from "./roles";

type Props = {
  opened: boolean;
  /** Whose password is set; none for a new person. */
  person?: Person;
  onClose: () => void;
  onDone: () => void;
};

/** Adds a person, or sets a new password for one. */
export function PersonDialog({ opened, person, onClose, onDone }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={person ? `New password for ${person.name}` : "Add a person"}>
      <Form person={person} onClose={onClose} onDone={onDone} />
    </Modal>
  );
}

function Form({ person, onClose, onDone }: Omit<Props, "opened">) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("analyst");
  const [password, setPassword] = useState("");
  const save = useMutation({
    mutationFn: () =>
      person
        ? must(api.PATCH("/api/people/{person_id}", { params: { path: { person_id: person.id } }, body: { password } }))
        : must(api.POST("/api/people", { body: { name: name.trim(), role, password } })),
    onSuccess: (saved) => {
      notifyDone(person ? `${saved.name} has a new password` : `${saved.name} can sign in now`);
      onDone();
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const about = roles.find((one) => one.value === role)?.about;
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {!person && (
          <>
            <TextInput
              label="Name"
              required
              maxLength={100}
              autoComplete="off"
              value={name}
              data-autofocus
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Select
              label="Role"
              description={about && `${about.charAt(0).toUpperCase()}${about.slice(1)}.`}
              allowDeselect={false}
              data={roles}
              value={role}
              onChange={(next) => next && setRole(next)}
            />
          </>
        )}
        <PasswordInput
          label="Password"
          description="At least 10 characters; tell it to the person, who can change it."
          required
          minLength={10}
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Problems error={save.error} />
        <Group justify="flex-end" gap="xs" mt="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            {person ? "Set the password" : "Add"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
