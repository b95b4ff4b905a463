/** The head of a result's page: which video of which run, the one before and after it, sharing. */

import { ActionIcon, Anchor, Breadcrumbs, Button, Group, Select, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconArrowsLeftRight, IconChevronLeft, IconChevronRight, IconFileZip, IconShare2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";
import { runQuery } from "../runs/queries";
import { PageHeader } from "../shared/PageHeader";
import { notifyDone } from "../shared/problems";
import { useLinkReach } from "../shared/session";
import type { Clock } from "./clock";
import type { Result } from "./queries";
import { clockText, momentLink } from "./time";

type Props = { result: Result; clock: Clock };

export function ResultHead({ result, clock }: Props) {
  return (
    <PageHeader
      title={result.video_name}
      above={
        <Breadcrumbs mb={4} fz="sm">
          <Anchor component={Link} to="/runs" size="sm">
            Runs
          </Anchor>
          <Anchor component={Link} to={`/runs/${result.run_id}`} size="sm">
            {result.run_name}
          </Anchor>
        </Breadcrumbs>
      }
      subtitle={
        result.annotated
          ? `Pipeline “${result.pipeline}”`
          : `Pipeline “${result.pipeline}”; it draws nothing, so this is the video itself`
      }
      actions={
        <>
          <Switcher result={result} />
          <Button
            component={Link}
            to={`/compare?left=${result.run_video_id}`}
            variant="default"
            leftSection={<IconArrowsLeftRight size={16} aria-hidden />}
          >
            Compare
          </Button>
          <Share clock={clock} />
          <Button
            component="a"
            href={`/api/results/${result.run_video_id}/zip`}
            download
            leftSection={<IconFileZip size={16} aria-hidden />}
          >
            Download results
          </Button>
        </>
      }
    />
  );
}

function Share({ clock }: { clock: Clock }) {
  const clipboard = useClipboard();
  const reach = useLinkReach();
  const copy = () => {
    clipboard.copy(momentLink(window.location.href, clock.time));
    notifyDone(`The link to ${clockText(clock.time)} is copied. ${reach}`);
  };
  return (
    <Button variant="default" leftSection={<IconShare2 size={16} aria-hidden />} onClick={copy}>
      Share this moment
    </Button>
  );
}

function Switcher({ result }: { result: Result }) {
  const navigate = useNavigate();
  const run = useQuery(runQuery(result.run_id));
  const done = run.data?.items.filter((item) => item.state === "done") ?? [];
  if (done.length < 2) return null;
  const at = done.findIndex((item) => item.id === result.run_video_id);
  const step = (by: number, label: string, Picture: typeof IconChevronLeft) => {
    const other = done[at + by];
    return (
      <Tooltip label={other ? `${label}: ${other.video_name}` : label}>
        <ActionIcon
          variant="default"
          size={36}
          aria-label={label}
          disabled={!other}
          onClick={() => other && navigate(`/results/${other.id}`)}
        >
          <Picture size={18} />
        </ActionIcon>
      </Tooltip>
    );
  };
  return (
    <Group gap={4} wrap="nowrap">
      {step(-1, "Video before", IconChevronLeft)}
      <Select
        aria-label="Video of this run"
        data={done.map((item) => ({ value: item.id, label: item.video_name }))}
        value={result.run_video_id}
        onChange={(id) => id && navigate(`/results/${id}`)}
        allowDeselect={false}
        searchable
        w={180}
      />
      {step(1, "Video after", IconChevronRight)}
    </Group>
  );
}
