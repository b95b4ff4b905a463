import { Button } from "@mantine/core";
import { IconMapQuestion } from "@tabler/icons-react";
import { Link } from "react-router";
import { EmptyState } from "./EmptyState";
import { isGone, Problems } from "./problems";

type Props = { error: unknown; onRetry: () => void; what: string; to: string; all: string };

/** Instead of a page whose thing cannot be had: the way to all of its kind if it is gone, else what went wrong. */
export function PageProblem({ error, onRetry, what, to, all }: Props) {
  if (!isGone(error)) return <Problems error={error} onRetry={onRetry} />;
  const action = (
    <Button component={Link} to={to}>
      {all}
    </Button>
  );
  return (
    <EmptyState icon={IconMapQuestion} title={`There is no such ${what}`} action={action}>
      It may have been deleted, or the address is not quite right.
    </EmptyState>
  );
}
