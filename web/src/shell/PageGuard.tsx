import { Button } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { Component, type ReactNode } from "react";
import { EmptyState } from "../shared/EmptyState";

type Props = { place: string; lost: boolean; children: ReactNode };
type State = { failed: Error | null };

// What browsers say when a part of the app cannot be fetched: the server is away, or has another version by now.
const NOT_FETCHED = /dynamically imported module|module script/i;

/** Keeps navigation alive when a page cannot be fetched or breaks; what was not fetched comes by itself with the server. */
export class PageGuard extends Component<Props, State> {
  state: State = { failed: null };

  static getDerivedStateFromError(failed: Error): State {
    return { failed };
  }

  componentDidUpdate(before: Props): void {
    if (!this.state.failed) return;
    if (before.place !== this.props.place) this.setState({ failed: null });
    // A failed fetch is remembered by the browser: only a fresh page asks again.
    else if (before.lost && !this.props.lost && NOT_FETCHED.test(this.state.failed.message)) window.location.reload();
  }

  render(): ReactNode {
    const { failed } = this.state;
    if (!failed) return this.props.children;
    const absent = NOT_FETCHED.test(failed.message);
    return (
      <div role="alert">
        <EmptyState
          icon={IconPlugConnectedX}
          title={absent ? "This page could not be fetched" : "This page broke"}
          action={<Button onClick={() => window.location.reload()}>Reload</Button>}
        >
          {absent
            ? "The server does not answer, or has been renewed meanwhile. Reload when it runs again."
            : `What you saved is safe. Reload; if it happens again, tell us what the browser says: ${failed.message}`}
        </EmptyState>
      </div>
    );
  }
}
