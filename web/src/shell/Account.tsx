import { Avatar, Menu, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconLogout, IconUserCog } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";
import { api, must } from "../api/client";
import { notifyProblem } from "../shared/problems";
import type { Session } from "../shared/session";
import classes from "./AppFrame.module.css";

/** Who is signed in, with the way out; nothing on a site without accounts. */
export function Account({ session, narrow }: { session: Session; narrow: boolean }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = useMutation({
    mutationFn: () => must(api.DELETE("/api/session")),
    onSuccess: () => {
      client.clear();
      navigate("/sign-in");
    },
    onError: notifyProblem,
  });
  if (!session.accounts) return null;
  return (
    <Menu position="right-end" width={220}>
      <Menu.Target>
        <UnstyledButton className={classes.account}>
          <Avatar name={session.name} size={28} color="brand" alt="" aria-hidden />
          <VisuallyHidden>Account{narrow && ` of ${session.name}`}</VisuallyHidden>
          {!narrow && (
            <span className={classes.label}>
              <strong>{session.name}</strong>
              <small>{session.role}</small>
            </span>
          )}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconUserCog size={16} />} component={Link} to="/settings/account">
          Your account
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leave.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
