import { Button, Code, Group, Modal, ScrollArea, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { IconFolder, IconFolderOff, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { EmptyState } from "../shared/EmptyState";
import { notifyDone, Problems } from "../shared/problems";
import classes from "./datasets.module.css";
import { useAddDataset, usePlaces } from "./queries";
import type { Place } from "./types";
import { shortName } from "./words";

type Chosen = { place: string; folder: string };
// More folders than this are found by their name.
const SHOWN = 200;

/** Adds a data set from a place that the server was told to offer. */
export function AddDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add a folder on the server" size="lg">
      {opened && <Choice onClose={onClose} />}
    </Modal>
  );
}

function Choice({ onClose }: { onClose: () => void }) {
  const places = usePlaces();
  const add = useAddDataset();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [name, setName] = useState("");
  const finish = () =>
    chosen &&
    add.mutate(
      { ...chosen, name: name.trim(), format: "" },
      {
        onSuccess: () => {
          notifyDone("It is read and checked now.");
          onClose();
        },
      },
    );
  if (places.isPending) return <Skeleton h={160} />;
  if (places.data?.length === 0) return <NoPlaces />;
  return (
    <Stack gap="sm">
      <Problems error={places.error} onRetry={() => places.refetch()} />
      {places.data && <Folders places={places.data} chosen={chosen} onChoose={setChosen} />}
      <TextInput
        label="Name"
        placeholder={chosen ? shortName(chosen.folder || chosen.place) : "As the folder is called"}
        value={name}
        maxLength={150}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Problems error={add.error} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button disabled={!chosen} loading={add.isPending} onClick={finish}>
          Add and check
        </Button>
      </Group>
    </Stack>
  );
}

type FoldersProps = { places: Place[]; chosen: Chosen | null; onChoose: (chosen: Chosen) => void };

function Folders({ places, chosen, onChoose }: FoldersProps) {
  const [text, setText] = useState("");
  const all = places.flatMap(({ place, folders }) => folders.map((folder) => ({ place, folder })));
  const found = all.filter(({ folder, place }) => `${place}/${folder}`.toLowerCase().includes(text.toLowerCase()));
  return (
    <>
      {all.length > 8 && (
        <TextInput
          aria-label="Search folders"
          placeholder="Search folders"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
        />
      )}
      <ScrollArea.Autosize mah="38vh" type="auto">
        <div role="radiogroup" aria-label="Folder" className={classes.folders}>
          {found.slice(0, SHOWN).map((one) => (
            <FolderRow
              key={`${one.place}\n${one.folder}`}
              one={one}
              chosen={chosen?.place === one.place && chosen.folder === one.folder}
              onChoose={onChoose}
            />
          ))}
        </div>
        {found.length > SHOWN && (
          <Text size="sm" c="dimmed" p="xs">
            {(found.length - SHOWN).toLocaleString("en-GB")} more; type a part of the name.
          </Text>
        )}
        {found.length === 0 && (
          <Text size="sm" c="dimmed" p="xs">
            {all.length ? "No folder is called so." : "The places hold no folders with pictures."}
          </Text>
        )}
      </ScrollArea.Autosize>
    </>
  );
}

type RowProps = { one: Chosen; chosen: boolean; onChoose: (chosen: Chosen) => void };

function FolderRow({ one, chosen, onChoose }: RowProps) {
  return (
    <label className={classes.folder} data-chosen={chosen || undefined}>
      <input type="radio" name="folder" checked={chosen} onChange={() => onChoose(one)} />
      <IconFolder size={18} stroke={1.7} aria-hidden />
      <span className={classes.folderName}>{one.folder || shortName(one.place)}</span>
      <Text size="xs" c="dimmed" span className={classes.folderPlace}>
        {one.place}
      </Text>
    </label>
  );
}

function NoPlaces() {
  return (
    <EmptyState icon={IconFolderOff} title="No folder is offered to this page">
      Upload the data set as .zip instead; or start the server with the folder that holds your data sets:{" "}
      <Code style={{ whiteSpace: "nowrap" }}>trackside serve --data-sets FOLDER</Code>
    </EmptyState>
  );
}
