/** A group of mistakes that have something in common, tagged at once. */

import { Autocomplete, Button, Group, Modal, Text, UnstyledButton } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useState } from "react";
import { asSentence, counted } from "../../shared/format";
import { notifyDone } from "../../shared/problems";
import { pictureOf } from "../pictures";
import type { Dataset } from "../types";
import { shortName } from "../words";
import classes from "./errors.module.css";
import { LONGEST_TAG, tagName } from "./tagging/tags";
import { type Saying, withTag } from "./tagging/useSaying";
import type { Cluster, Mistake } from "./types";

type Group_ = Pick<Cluster, "name" | "why" | "drawn">;
type Props = { dataset: Dataset; group: Group_ | null; saying: Saying; onClose: () => void };

export function GroupDialog({ group, onClose, ...rest }: Props) {
  return (
    <Modal opened={group !== null} onClose={onClose} title="Tag a group" size="xl">
      {group && <Choice key={group.name} group={group} onClose={onClose} {...rest} />}
    </Modal>
  );
}

function Choice({ dataset, group, saying, onClose }: Props & { group: Group_ }) {
  const members = saying.mistakes.filter((one) => group.drawn.includes(one.id));
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  const [text, setText] = useState(plainLooks(group) ? "" : tagName(group.name.replace(/^look alike \d+: /, "")));
  const tag = tagName(text);
  const chosen = members.filter((one) => !left.has(one.id)).map((one) => one.id);
  const turn = (id: number) => {
    const next = new Set(left);
    if (!next.delete(id)) next.add(id);
    setLeft(next);
  };
  return (
    <>
      <Text size="sm">
        {counted(members.length, "drawn mistake")}: {group.name}. {asSentence(group.why)} Look whether they deserve one
        tag; a click leaves a picture out.
      </Text>
      <fieldset className={classes.members} aria-label="Mistakes of the group">
        {members.map((one) => (
          <Member key={one.id} dataset={dataset} mistake={one} chosen={!left.has(one.id)} onTurn={() => turn(one.id)} />
        ))}
      </fieldset>
      <Group align="flex-end" gap="xs" mt="md">
        <Autocomplete
          label="Tag"
          data={saying.tags}
          value={text}
          onChange={setText}
          maxLength={LONGEST_TAG}
          style={{ flex: "1 1 220px" }}
        />
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          disabled={!tag || !chosen.length}
          onClick={() => {
            saying.say(chosen, withTag(tag));
            notifyDone(`${counted(chosen.length, "mistake")} tagged “${tag}”.`);
            onClose();
          }}
        >
          Tag {chosen.length}
        </Button>
      </Group>
    </>
  );
}

/** Whether nothing but looks holds a group together, so that people have to say what it is. */
export function plainLooks({ name, why }: Pick<Cluster, "name" | "why">): boolean {
  return name.endsWith("look alike") || why.startsWith("nothing but");
}

type MemberProps = { dataset: Dataset; mistake: Mistake; chosen: boolean; onTurn: () => void };

function Member({ dataset, mistake, chosen, onTurn }: MemberProps) {
  return (
    <UnstyledButton className={classes.member} aria-pressed={chosen} onClick={onTurn} title={mistake.item}>
      {mistake.row === null ? (
        <span className={classes.noPicture}>no picture</span>
      ) : (
        <img src={pictureOf(dataset, mistake.row, 160)} alt="" loading="lazy" />
      )}
      <span className={classes.tick} aria-hidden>
        {chosen && <IconCheck size={14} stroke={3} />}
      </span>
      <span className={classes.caption}>
        {shortName(mistake.item)}
        <br />
        {mistake.truth} → {mistake.prediction}
      </span>
    </UnstyledButton>
  );
}
