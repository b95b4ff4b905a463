import { Button, Center, Divider, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconLogin2 } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Navigate, useLocation } from "react-router";
import { api, must, setCsrf } from "../api/client";
import { Problems } from "../shared/problems";
import { type Session, useSession } from "../shared/session";
import { useTitle } from "../shared/title";
import { Loading } from "../shell/Loading";
import { FirstForm } from "./FirstForm";

/** The door. Afterwards one is back where one was. */
export default function SignInPage() {
  useTitle("Sign in");
  const session = useSession();
  const place = useLocation();
  if (session.isPending) return <Loading />;
  if (session.data && (!session.data.accounts || session.data.signed_in)) {
    return <Navigate to={goal(place.state)} replace />;
  }
  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper withBorder p="xl" w="100%" maw={400} radius="lg">
        <Stack gap="md">
          <img src="/favicon.svg" alt="" width={40} height={40} />
          <Problems error={session.error} onRetry={() => session.refetch()} />
          {session.data?.first ? <FirstForm /> : session.data && <SignInForm session={session.data} />}
        </Stack>
      </Paper>
    </Center>
  );
}

/** An address of ours to go to; anything else leads to the start. */
export function goal(state: unknown): string {
  const from = (state as { from?: unknown } | null)?.from;
  return typeof from === "string" && /^\/(?!\/|sign-in)/.test(from) ? from : "/";
}

/** Takes a session's answer as the truth from now on. */
export function useWelcome() {
  const client = useQueryClient();
  return (session: Session) => {
    setCsrf(session.csrf ?? "");
    client.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
    client.setQueryData(["session"], session);
  };
}

function SignInForm({ session }: { session: Session }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const welcome = useWelcome();
  const enter = useMutation({
    mutationFn: () => must(api.POST("/api/session", { body: { name, password } })),
    onSuccess: welcome,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  return (
    <>
      <Title order={1}>Sign in to Trackside</Title>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label="Name"
            autoComplete="username"
            required
            autoFocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Problems error={enter.error} />
          <Button type="submit" loading={enter.isPending} fullWidth mt="xs">
            Sign in
          </Button>
        </Stack>
      </form>
      {session.oidc && (
        <>
          <Divider label="or" />
          <Button
            component="a"
            href="/api/session/oidc"
            variant="default"
            leftSection={<IconLogin2 size={17} />}
            fullWidth
          >
            Sign in with {session.oidc}
          </Button>
        </>
      )}
      <Text size="xs" c="dimmed">
        Forgotten the password? An administrator can set a new one.
      </Text>
    </>
  );
}
