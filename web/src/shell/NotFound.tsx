import { Button, VisuallyHidden } from "@mantine/core";
import { IconMapQuestion } from "@tabler/icons-react";
import { Link } from "react-router";
import { EmptyState } from "../shared/EmptyState";
import { useTitle } from "../shared/title";

/** For addresses that lead nowhere. */
export function NotFound() {
  useTitle("Not found");
  return (
    <>
      <VisuallyHidden component="h1">Not found</VisuallyHidden>
      <EmptyState
        icon={IconMapQuestion}
        title="There is nothing at this address"
        action={
          <Button component={Link} to="/">
            Go to the start page
          </Button>
        }
      >
        It may have been deleted, or the address was typed with a slip.
      </EmptyState>
    </>
  );
}
