import { Alert, Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, must } from "../api/client";
import { notifyDone, Problems } from "../shared/problems";
import { useSession } from "../shared/session";
import { roles } from "./roles";
import { Section } from "./Section";
import { Tokens } from "./Tokens";

/** Who one is, the password, API tokens; or why there is none of that here. */
export function AccountTab() {
  const session = useSession().data;
  if (!session?.accounts) {
    return (
      <Alert icon={<IconShieldCheck aria-hidden />} title="This site has no accounts" color="gray">
        The server listens on this computer only, so whoever sits at it may do everything. Start it for a network, with{" "}
        <code>trackside serve --host</code>, and people sign in with a name and a password.
      </Alert>
    );
  }
  const role = roles.find((one) => one.value === session.role);
  return (
    <>
      <Section title={session.name || "You"} about={role && `${role.label}: ${role.about}`} />
      <Password />
      <Tokens />
    </>
  );
}

function Password() {
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const change = useMutation({
    mutationFn: () => must(api.PUT("/api/session/password", { body: { old, new: fresh } })),
    onSuccess: () => {
      setOld("");
      setFresh("");
      notifyDone("Your password is changed");
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Section title="Password">
      <form onSubmit={submit}>
        <Stack gap="sm" maw={360}>
          <PasswordInput
            label="Present password"
            autoComplete="current-password"
            required
            value={old}
            onChange={(event) => setOld(event.currentTarget.value)}
          />
          <PasswordInput
            label="New password"
            description="At least 10 characters."
            autoComplete="new-password"
            required
            minLength={10}
            value={fresh}
            onChange={(event) => setFresh(event.currentTarget.value)}
          />
        </Stack>
        <Problems error={change.error} />
        <Group mt="md">
          <Button type="submit" loading={change.isPending}>
            Change the password
          </Button>
          <Text size="xs" c="dimmed">
            You stay signed in here.
          </Text>
        </Group>
      </form>
    </Section>
  );
}
