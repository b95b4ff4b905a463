import { Button, Group, Modal, Select, Stack, Table, Text, TextInput, VisuallyHidden } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, must, type Shape } from "../api/client";
import { Confirm } from "../shared/Confirm";
import { ago, moment } from "../shared/format";
import { notifyProblem, Problems } from "../shared/problems";
import { useSession } from "../shared/session";
import { type Role, roles, upTo } from "./roles";
import { Secret } from "./Secret";
import { Section } from "./Section";

type Token = Shape<"TokenShape">;

/** One's own API tokens. */
export function Tokens() {
  const client = useQueryClient();
  const tokens = useQuery({ queryKey: ["tokens"], queryFn: () => must(api.GET("/api/tokens")) });
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState("");
  const [leaving, setLeaving] = useState<Token | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: ["tokens"] });
  const revoke = useMutation({
    mutationFn: (id: string) => must(api.DELETE("/api/tokens/{token_id}", { params: { path: { token_id: id } } })),
    onSuccess: () => setLeaving(null),
    onError: notifyProblem,
    onSettled: refresh,
  });
  return (
    <Section
      title="API tokens"
      about="For scripts and other programs: they act in your name, without your password."
      action={
        <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
          New token
        </Button>
      }
    >
      {made && (
        <Secret title="Your new token" value={made} onClose={() => setMade("")}>
          It is shown this once. Copy it now and keep it like a password.
        </Secret>
      )}
      <Problems error={tokens.error} />
      {tokens.data && <Rows tokens={tokens.data} onRevoke={setLeaving} />}
      <Modal opened={making} onClose={() => setMaking(false)} title="New API token">
        <NewToken
          onClose={() => setMaking(false)}
          onMade={(token) => {
            setMade(token);
            setMaking(false);
            void refresh();
          }}
        />
      </Modal>
      <Confirm
        opened={!!leaving}
        title={`Revoke “${leaving?.name ?? ""}”?`}
        action="Revoke"
        danger
        loading={revoke.isPending}
        onClose={() => setLeaving(null)}
        onConfirm={() => leaving && revoke.mutate(leaving.id)}
      >
        Programs that use it are refused from now on.
      </Confirm>
    </Section>
  );
}

function Rows({ tokens, onRevoke }: { tokens: Token[]; onRevoke: (token: Token) => void }) {
  if (!tokens.length) {
    return (
      <Text size="sm" c="dimmed">
        You have none.
      </Text>
    );
  }
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Role</Table.Th>
            <Table.Th>Last used</Table.Th>
            <Table.Th>Runs out</Table.Th>
            <Table.Th>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tokens.map((token) => (
            <Table.Tr key={token.id}>
              <Table.Td>{token.name}</Table.Td>
              <Table.Td>{token.role}</Table.Td>
              <Table.Td>{token.last_used ? ago(token.last_used) : "Never"}</Table.Td>
              <Table.Td>{token.expires ? moment(token.expires) : "Never"}</Table.Td>
              <Table.Td ta="right">
                <Button
                  variant="subtle"
                  color="red"
                  size="compact-sm"
                  aria-label={`Revoke ${token.name}`}
                  onClick={() => onRevoke(token)}
                >
                  Revoke
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function NewToken({ onClose, onMade }: { onClose: () => void; onMade: (token: string) => void }) {
  const own = useSession().data?.role;
  const offered = upTo(own);
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>(offered.includes("analyst") ? "analyst" : "viewer");
  const [days, setDays] = useState("90");
  const make = useMutation({
    mutationFn: () => must(api.POST("/api/tokens", { body: { name: name.trim(), role, days: Number(days) || null } })),
    onSuccess: (token) => onMade(token.token),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label="Name"
          description="What it is for, so that you know it again."
          required
          maxLength={100}
          value={name}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label="Role"
          allowDeselect={false}
          data={roles.filter((one) => offered.includes(one.value))}
          value={role}
          onChange={(next) => next && setRole(next)}
        />
        <Select
          label="Runs out"
          allowDeselect={false}
          data={[
            { value: "30", label: "after 30 days" },
            { value: "90", label: "after 90 days" },
            { value: "365", label: "after a year" },
            { value: "0", label: "never" },
          ]}
          value={days}
          onChange={(next) => next && setDays(next)}
        />
        <Problems error={make.error} />
        <Group justify="flex-end" gap="xs" mt="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending} disabled={!name.trim()}>
            Make the token
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
