import { Button, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, must } from "../api/client";
import { Problems } from "../shared/problems";
import { useWelcome } from "./SignInPage";

/** The first administrator of a new site, with the code that the terminal shows. */
export function FirstForm() {
  const [person, setPerson] = useState({ code: "", name: "", password: "" });
  const welcome = useWelcome();
  const make = useMutation({
    mutationFn: () => must(api.POST("/api/session/first", { body: { ...person, code: person.code.trim() } })),
    onSuccess: welcome,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  const set = (change: Partial<typeof person>) => setPerson({ ...person, ...change });
  return (
    <>
      <div>
        <Title order={1}>Welcome to Trackside</Title>
        <Text c="dimmed" size="sm" mt={4}>
          Nobody has an account here yet. Make the first one; it is an administrator's.
        </Text>
      </div>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label="Code"
            description="The terminal in which the server was started shows it."
            autoComplete="one-time-code"
            required
            autoFocus
            value={person.code}
            onChange={(event) => set({ code: event.currentTarget.value })}
          />
          <TextInput
            label="Your name"
            autoComplete="username"
            required
            maxLength={100}
            value={person.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <PasswordInput
            label="Password"
            description="At least 10 characters."
            autoComplete="new-password"
            required
            minLength={10}
            value={person.password}
            onChange={(event) => set({ password: event.currentTarget.value })}
          />
          <Problems error={make.error} />
          <Button type="submit" loading={make.isPending} fullWidth mt="xs">
            Make the account
          </Button>
        </Stack>
      </form>
    </>
  );
}
