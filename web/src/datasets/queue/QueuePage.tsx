/** The relabel queue: one picture at a time, decided by a key. */

import { Button, Select } from "@mantine/core";
import { IconConfetti } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { EmptyState } from "../../shared/EmptyState";
import { KeysDialog } from "../../shared/KeysDialog";
import { Problems } from "../../shared/problems";
import { useMay } from "../../shared/session";
import { Loading } from "../../shell/Loading";
import { coloursOf } from "../colours";
import { useThisDataset } from "../frame/DatasetFrame";
import { editionOf, useFacets } from "../queries";
import type { Dataset } from "../types";
import { isWorking, spoken } from "../words";
import { Actions } from "./Actions";
import { Classes, ClassSearch } from "./Classes";
import { DRAWING_KEYS, KEYS } from "./keys";
import { MoreMenu } from "./MoreMenu";
import { Progress } from "./Progress";
import classes from "./queue.module.css";
import { Refusals, SendingLine } from "./Sending";
import { Side } from "./Side";
import { Stage } from "./Stage";
import { suggestionOf } from "./shared";
import { useDecide } from "./useDecide";
import { useQueueKeys } from "./useQueueKeys";
import { useWork } from "./useWork";

export default function QueuePage() {
  const dataset = useThisDataset();
  if (!useMay("analyst")) {
    return (
      <EmptyState icon={IconConfetti} title="Analysts decide here">
        You may look at everything; ask an administrator for the role of an analyst to decide too.
      </EmptyState>
    );
  }
  return <Work dataset={dataset} />;
}

function Work({ dataset }: { dataset: Dataset }) {
  const [params, setParams] = useSearchParams();
  const wish = { check: params.get("check") ?? "", kind: params.get("kind") ?? "" };
  const work = useWork(dataset.id, wish);
  const facets = useFacets(dataset.id, editionOf(dataset), dataset.readable).data;
  const names = work.supply.part?.classes ?? [];
  const [open, setOpen] = useState<"help" | "search" | null>(null);
  const [outlines, setOutlines] = useState(true);
  const decide = useDecide(work, dataset.id, names, dataset.annotations > 0);
  const colour = useMemo(() => coloursOf(facets?.classes.map((one) => one.name) ?? names), [facets, names]);
  useQueueKeys({
    names,
    decide,
    blocked: open !== null,
    onOpen: setOpen,
    onOutlines: () => setOutlines((shown) => !shown),
  });

  const { entry, list, sending, outbox, supply } = work;
  const choose = (label: string) => {
    setOpen(null);
    decide.relabel(label);
  };
  return (
    <div className={classes.page}>
      <div className={classes.bar}>
        <Select
          aria-label="Check"
          placeholder="Everything suspicious"
          clearable
          clearButtonProps={{ "aria-label": "Everything suspicious" }}
          size="xs"
          w={220}
          data={Object.entries(supply.part?.checks ?? {}).map(([name, count]) => ({
            value: name,
            label: `${spoken(name)} (${count.toLocaleString("en-GB")})`,
          }))}
          value={wish.check || null}
          onChange={(check) => setParams(check ? { check } : {}, { replace: true })}
        />
        {supply.part && (
          <Progress
            counts={supply.part.counts}
            sending={sending}
            moments={work.moments}
            speed={supply.part.speed ?? null}
          />
        )}
        <div className={classes.grow} />
        <SendingLine state={sending} outbox={outbox} />
        <MoreMenu dataset={dataset} onImported={() => void supply.ask()} onHelp={() => setOpen("help")} />
      </div>
      <Refusals state={sending} outbox={outbox} />
      <Problems error={supply.error} onRetry={() => void supply.ask()} />
      {entry ? (
        <div className={classes.work}>
          <Stage
            dataset={dataset}
            entry={entry}
            ahead={list.ahead}
            outlines={outlines}
            colour={colour}
            bones={facets?.bones ?? []}
            drawing={decide.drawing}
            onDrawing={decide.setDrawing}
            newLabel={decide.newLabel}
            k={facets?.keypoints?.length ?? 0}
          />
          {/* biome-ignore lint/a11y/noStaticElementInteractions: a click must not take the keys to a button */}
          <div className={classes.side} onMouseDown={(event) => event.preventDefault()}>
            <Side
              entry={entry}
              done={work.done?.body ?? null}
              drawing={decide.drawing}
              onDrawing={decide.setDrawing}
              keypoints={facets?.keypoints ?? []}
            />
            <Classes
              names={names}
              has={entry.label}
              suggested={suggestionOf(entry)}
              onChoose={choose}
              onSearch={() => setOpen("search")}
            />
          </div>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: a click must not take the keys to a button */}
          <div className={classes.actions} onMouseDown={(event) => event.preventDefault()}>
            <Actions entry={entry} decide={decide} looksBack={list.back > 0} />
          </div>
        </div>
      ) : (
        <Idle dataset={dataset} empty={supply.empty} failed={supply.error !== null} narrowed={!!wish.check} />
      )}
      <KeysDialog opened={open === "help"} onClose={() => setOpen(null)} keys={decide.drawing ? DRAWING_KEYS : KEYS} />
      <ClassSearch opened={open === "search"} names={names} onChoose={choose} onClose={() => setOpen(null)} />
    </div>
  );
}

type IdleProps = { dataset: Dataset; empty: boolean; failed: boolean; narrowed: boolean };

/** Instead of a picture: nothing is left, or it is not there yet. */
function Idle({ dataset, empty, failed, narrowed }: IdleProps) {
  if (failed) return null;
  if (!empty) return <Loading />;
  if (isWorking(dataset)) {
    return (
      <EmptyState icon={IconConfetti} title="The data set is being checked">
        What somebody should look at appears here as soon as the checks have found it.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={IconConfetti}
      title={narrowed ? "Nothing of this check is left" : "Nothing is left to decide"}
      action={
        <Button component={Link} to={narrowed ? `/datasets/${dataset.id}/queue` : `/datasets/${dataset.id}/health`}>
          {narrowed ? "Go on with the rest" : "To the health report"}
        </Button>
      }
    >
      Check the data set again after you have put labels right: what is still wrong comes back.
    </EmptyState>
  );
}
