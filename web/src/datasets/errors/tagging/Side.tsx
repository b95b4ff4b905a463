/** What is known of the mistake, its tags, a comment, and groups that it is in. */

import { Badge, Group, Kbd, Text, Textarea, UnstyledButton } from "@mantine/core";
import { IconCheck, IconPlus, IconTags } from "@tabler/icons-react";
import { type RefObject, useState } from "react";
import type { Dataset } from "../../types";
import { shortName } from "../../words";
import { GroupDialog } from "../GroupDialog";
import { useClusters } from "../queries";
import type { Cluster, Mistake } from "../types";
import { keyOf } from "./keys";
import classes from "./tagging.module.css";
import { countsOf } from "./tags";
import type { Saying } from "./useSaying";
import type { Tagging } from "./useTagging";

type Props = {
  dataset: Dataset;
  study: string;
  mistake: Mistake;
  saying: Saying;
  acts: Tagging["acts"];
  comment: RefObject<HTMLTextAreaElement | null>;
  onNew: () => void;
};

export function Side({ dataset, study, mistake, saying, acts, comment, onNew }: Props) {
  return (
    <div className={classes.side}>
      <About mistake={mistake} />
      <Tags mistake={mistake} saying={saying} acts={acts} onNew={onNew} />
      <Textarea
        ref={comment}
        label={
          <>
            Comment <Kbd size="xs">C</Kbd>
          </>
        }
        aria-label="Comment"
        rows={2}
        maxLength={2000}
        value={mistake.comment ?? ""}
        onChange={(event) => acts.comment(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" || (event.key === "Enter" && !event.shiftKey)) {
            event.preventDefault();
            event.currentTarget.blur();
          }
        }}
      />
      <Groups dataset={dataset} study={study} mistake={mistake} saying={saying} />
    </div>
  );
}

function About({ mistake }: { mistake: Mistake }) {
  const columns = Object.entries(mistake.columns ?? {});
  return (
    <div>
      <Text fw={600} truncate title={mistake.item}>
        {shortName(mistake.item)}
      </Text>
      <dl className={classes.answer}>
        <div>
          <dt>It is</dt>
          <dd>{mistake.truth || "–"}</dd>
        </div>
        <div>
          <dt>Predicted{mistake.score != null && `, ${mistake.score.toFixed(2)}`}</dt>
          <dd data-wrong>{mistake.prediction || "–"}</dd>
        </div>
      </dl>
      {columns.length > 0 && (
        <Group gap={4} mt={8}>
          {columns.slice(0, 12).map(([name, value]) => (
            <Badge key={name} variant="default" radius="sm" tt="none" fw={500}>
              {name}: {value}
            </Badge>
          ))}
        </Group>
      )}
      {mistake.seen && (
        <Text size="xs" c="dimmed" mt={8} role="status">
          <IconCheck size={13} aria-hidden /> Looked at{mistake.by && ` by ${mistake.by}`}
        </Text>
      )}
    </div>
  );
}

type TagsProps = Pick<Props, "mistake" | "saying" | "acts" | "onNew">;

function Tags({ mistake, saying: { tags, mistakes }, acts, onNew }: TagsProps) {
  const counts = countsOf(mistakes);
  return (
    <section aria-label="Tags" className={classes.tags} onMouseDown={(event) => event.preventDefault()}>
      {tags.length === 0 && (
        <Text size="sm" c="dimmed" mb={4}>
          Why did the model fail here? Give it a tag of your own: “dark”, “tiny”, “wrong label”. Several are fine.
        </Text>
      )}
      {tags.map((tag, place) => (
        <UnstyledButton
          key={tag}
          className={classes.tag}
          aria-pressed={mistake.tags.includes(tag)}
          onClick={() => acts.toggle(tag)}
        >
          <span className={classes.box} aria-hidden>
            {mistake.tags.includes(tag) && <IconCheck size={13} stroke={3} />}
          </span>
          <span className={classes.tagName}>{tag}</span>
          <small>{counts.get(tag) ?? 0}</small>
          {keyOf(place) && <Kbd size="xs">{keyOf(place)}</Kbd>}
        </UnstyledButton>
      ))}
      <UnstyledButton className={classes.tag} onClick={onNew}>
        <IconPlus size={17} aria-hidden />
        <span className={classes.tagName}>New tag</span>
        <Kbd size="xs">T</Kbd>
      </UnstyledButton>
    </section>
  );
}

/** Groups that this mistake is in, and that may be tagged at once. */
function Groups({ dataset, study, mistake, saying }: Pick<Props, "dataset" | "study" | "mistake" | "saying">) {
  const clusters = useClusters(dataset.id, study).data ?? [];
  const [open, setOpen] = useState<Cluster | null>(null);
  const here = clusters.filter((one) => one.drawn.length > 1 && one.drawn.includes(mistake.id)).slice(0, 5);
  return (
    <>
      {here.length > 0 && (
        <section aria-label="Groups it is in" className={classes.groups}>
          <Text size="xs" c="dimmed">
            It has something in common with others
          </Text>
          {here.map((one) => (
            <UnstyledButton key={one.name} className={classes.tag} onClick={() => setOpen(one)}>
              <IconTags size={16} aria-hidden />
              <span className={classes.tagName} title={one.why}>
                {one.name}
              </span>
              <small>tag {one.drawn.length}</small>
            </UnstyledButton>
          ))}
        </section>
      )}
      <GroupDialog dataset={dataset} group={open} saying={saying} onClose={() => setOpen(null)} />
    </>
  );
}
