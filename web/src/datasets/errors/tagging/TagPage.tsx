/** One mistake at a time, tagged by keys. */

import { ActionIcon, Anchor, Button, Progress, Text, Tooltip } from "@mantine/core";
import { IconKeyboard, IconTags } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { EmptyState } from "../../../shared/EmptyState";
import { KeysDialog } from "../../../shared/KeysDialog";
import { PageProblem } from "../../../shared/PageProblem";
import { useMay } from "../../../shared/session";
import { Loading } from "../../../shell/Loading";
import { useThisDataset } from "../../frame/DatasetFrame";
import type { Dataset } from "../../types";
import { useStudies } from "../queries";
import { Actions } from "./Actions";
import { KEYS } from "./keys";
import { Refusals, SavedLine } from "./Saved";
import { Side } from "./Side";
import { Stage } from "./Stage";
import { TagDialog } from "./TagDialog";
import classes from "./tagging.module.css";
import { useSaying } from "./useSaying";
import { useTagging } from "./useTagging";
import { useTagKeys } from "./useTagKeys";

export default function TagPage() {
  const dataset = useThisDataset();
  const { study = "" } = useParams();
  const [params] = useSearchParams();
  if (!useMay("analyst")) {
    return (
      <EmptyState icon={IconTags} title="Analysts tag here">
        You may look at everything; ask an administrator for the role of an analyst to tag too.
      </EmptyState>
    );
  }
  return <Work key={`${study} ${params}`} dataset={dataset} study={study} params={params} />;
}

function Work({ dataset, study, params }: { dataset: Dataset; study: string; params: URLSearchParams }) {
  const saying = useSaying(dataset.id, study);
  const tagging = useTagging(saying, wishOf(params));
  const studies = useStudies(dataset.id).data ?? [];
  const [open, setOpen] = useState<"new" | "help" | null>(null);
  const comment = useRef<HTMLTextAreaElement>(null);
  const { mistake, acts } = tagging;
  const { answer, mistakes, tags, sending, outbox } = saying;
  useTagKeys({
    tags,
    acts,
    blocked: open !== null || !mistake,
    onNew: () => setOpen("new"),
    onComment: () => comment.current?.focus(),
    onHelp: () => setOpen("help"),
  });
  const home = `/datasets/${dataset.id}/errors/${study}`;
  if (answer.isError && !answer.data) {
    return (
      <PageProblem
        error={answer.error}
        onRetry={() => answer.refetch()}
        what="study"
        to={`/datasets/${dataset.id}/errors`}
        all="See all studies"
      />
    );
  }
  if (!tagging.ready || !outbox) return <Loading />;
  const seen = mistakes.filter((one) => one.seen).length;
  // Tags of other studies come after those of this one: the same idea shall have the same name.
  const known = [...new Set([...tags, ...studies.flatMap((one) => one.tags.map((tag) => tag.name))])];
  return (
    <div className={classes.page}>
      <div className={classes.bar}>
        <Anchor component={Link} to={home} size="sm">
          ← Ideas
        </Anchor>
        <Progress value={(100 * seen) / Math.max(1, mistakes.length)} size="sm" w={120} aria-label="Looked at" />
        <Text size="sm" role="status">
          {seen} of {mistakes.length} looked at
        </Text>
        {tagging.count < mistakes.length && (
          <Text size="sm" c="dimmed">
            showing {tagging.count}
          </Text>
        )}
        <div className={classes.grow} />
        <SavedLine state={sending} outbox={outbox} />
        <Tooltip label="Keys (?)">
          <ActionIcon variant="default" size="lg" aria-label="Keys" onClick={() => setOpen("help")}>
            <IconKeyboard size={18} />
          </ActionIcon>
        </Tooltip>
      </div>
      <Refusals state={sending} outbox={outbox} />
      {mistake ? (
        <div className={classes.work}>
          <Stage dataset={dataset} mistake={mistake} ahead={tagging.ahead} />
          <Side
            dataset={dataset}
            study={study}
            mistake={mistake}
            saying={saying}
            acts={acts}
            comment={comment}
            onNew={() => setOpen("new")}
          />
          {/* biome-ignore lint/a11y/noStaticElementInteractions: a click must not take the keys to a button */}
          <div className={classes.actions} onMouseDown={(event) => event.preventDefault()}>
            <Actions tagging={tagging} onNew={() => setOpen("new")} />
          </div>
        </div>
      ) : (
        <Done home={home} left={mistakes.length - seen} onBack={() => acts.go(0)} />
      )}
      <KeysDialog opened={open === "help"} onClose={() => setOpen(null)} keys={KEYS} />
      <TagDialog
        opened={open === "new"}
        tags={known}
        has={mistake?.tags ?? []}
        onClose={() => setOpen(null)}
        onChoose={(tag) => {
          setOpen(null);
          acts.put(tag);
        }}
      />
    </div>
  );
}

/** After the last one. */
function Done({ home, left, onBack }: { home: string; left: number; onBack: () => void }) {
  return (
    <EmptyState
      icon={IconTags}
      title={left ? "This was the last one" : "All of them are looked at"}
      action={
        <>
          <Button component={Link} to={home}>
            What would it win?
          </Button>{" "}
          <Button variant="default" onClick={onBack}>
            From the beginning
          </Button>
        </>
      }
    >
      {left
        ? `${left} are not looked at yet; only those that are looked at count.`
        : "The ideas now have their shares and ceilings. Note what each would cost, and compare."}
    </EmptyState>
  );
}

function wishOf(params: URLSearchParams) {
  const ids = (params.get("ids") ?? "").split(",").filter(Boolean).map(Number).filter(Number.isInteger);
  const at = params.get("at");
  return { tag: params.get("tag") ?? "", ids, at: at === null ? null : Number(at) };
}
