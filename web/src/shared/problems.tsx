import { Alert, Button, Group, List } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ApiError, sentence } from "../api/client";
import { asSentence } from "./format";

/** One sentence for each problem that an error holds. */
export function sentences(error: unknown): string[] {
  if (error instanceof ApiError && error.problems.length) return error.problems.map(sentence);
  if (error instanceof TypeError) return ["The server cannot be reached; check the connection, and that it still runs"];
  return [error instanceof Error && error.message ? error.message : String(error)];
}

/** Whether the server has said that there is no such thing. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

type Props = {
  /** An `ApiError` or any other; nothing is shown for null or undefined. */
  error: unknown;
  title?: string;
  /** Shows a button that tries again. */
  onRetry?: () => void;
};

/** What went wrong, as an alert: one sentence each. */
export function Problems({ error, title, onRetry }: Props) {
  if (error == null) return null;
  const all = sentences(error);
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={title} role="alert" my="sm">
      {all.length === 1 ? (
        asSentence(all[0] ?? "")
      ) : (
        <List size="sm">
          {all.map((text) => (
            <List.Item key={text}>{asSentence(text)}</List.Item>
          ))}
        </List>
      )}
      {onRetry && (
        <Group mt="xs">
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        </Group>
      )}
    </Alert>
  );
}

/** The same as a notification: `useMutation({ onError: notifyProblem })`. */
export function notifyProblem(error: unknown): void {
  notifications.show({
    color: "red",
    icon: <IconAlertTriangle size={18} aria-hidden />,
    title: "That did not work",
    message: sentences(error).map(asSentence).join(" "),
    autoClose: 9000,
    role: "alert",
  });
}

/** Good news, briefly. */
export function notifyDone(message: ReactNode): void {
  notifications.show({ color: "green", icon: <IconCheck size={18} aria-hidden />, message, autoClose: 4000 });
}
