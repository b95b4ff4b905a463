import {
  ActionIcon,
  Alert,
  Button,
  CloseButton,
  Group,
  NumberInput,
  Progress,
  ScrollArea,
  Slider,
  Table,
  Text,
} from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconMovie, IconPlayerPlay, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { percent } from "../../shared/format";
import { Problems } from "../../shared/problems";
import { VideoPicker } from "../../shared/VideoPicker";
import { told } from "../inspector/forms";
import { describe } from "../state/actions";
import { type Preview, useEditor } from "../state/store";
import { useChosenVideo } from "./chosenVideo";
import classes from "./Try.module.css";
import { TRY_SECONDS, type Trial } from "./useTrial";

/** Try on 5 seconds: which video and moment, how far it is, and large what the selected block gave. */
export function TryPanel({ trial, onClose }: { trial: Trial; onClose: () => void }) {
  const preview = useEditor((state) => state.preview);
  return (
    <section className={classes.panel} aria-label="Try on 5 seconds">
      <Controls trial={trial} preview={preview} onClose={onClose} />
      {trial.running && (
        <Progress size="xs" radius={0} value={(preview?.fraction ?? 0) * 100} animated aria-label="Trying" />
      )}
      <Problems error={trial.error} />
      {preview?.problems.map((problem) => (
        <Alert key={`${problem.block} ${problem.what}`} color="red" mx="sm" my={6} py={6}>
          {problem.block ? `${describe(problem.block)} (${problem.block}): ` : ""}
          {told(problem)}
        </Alert>
      ))}
      {preview ? <Shown preview={preview} /> : <Hint />}
    </section>
  );
}

function Hint() {
  return (
    <Text size="sm" c="dimmed" p="md">
      Choose a video and press Try: {TRY_SECONDS} seconds of it run through the pipeline, and every block shows what it
      gives.
    </Text>
  );
}

function Controls({ trial, preview, onClose }: { trial: Trial; preview: Preview | null; onClose: () => void }) {
  const [video, choose] = useChosenVideo();
  const [picking, setPicking] = useState(false);
  const [start, setStart] = useLocalStorage({
    key: "trackside-try-start",
    defaultValue: 0,
    getInitialValueInEffect: false,
  });
  const problems = useEditor((state) => state.checking.problems.length);
  const latest = Math.max(0, (video?.seconds ?? 0) - 0.5);
  const from = Math.min(start, latest);
  return (
    <Group className={classes.controls} gap="xs">
      <Button
        variant="default"
        size="xs"
        maw={240}
        leftSection={<IconMovie size={15} aria-hidden />}
        onClick={() => setPicking(true)}
      >
        {video?.name ?? "Choose a video"}
      </Button>
      <NumberInput
        size="xs"
        w={112}
        aria-label="Begin at, in seconds"
        prefix="from "
        suffix=" s"
        min={0}
        max={latest}
        step={1}
        decimalScale={1}
        value={from}
        onChange={(value) => setStart(Number(value) || 0)}
      />
      <Button
        size="xs"
        leftSection={preview ? <IconRefresh size={15} aria-hidden /> : <IconPlayerPlay size={15} aria-hidden />}
        disabled={!video || problems > 0}
        loading={trial.begin.isPending}
        onClick={() => video && trial.begin.mutate({ video, start: from })}
      >
        {preview ? "Try again" : "Try"}
      </Button>
      {problems > 0 && (
        <Text size="xs" c="var(--mantine-color-error)">
          Mend what is wrong first.
        </Text>
      )}
      {preview && <Moments trial={trial} start={from} preview={preview} />}
      <CloseButton ml="auto" aria-label="Close the try" onClick={onClose} />
      <VideoPicker
        opened={picking}
        onClose={() => setPicking(false)}
        onChoose={([chosen]) => chosen && choose(chosen)}
      />
    </Group>
  );
}

function Moments({ trial, start, preview }: { trial: Trial; start: number; preview: Preview }) {
  const shown = Object.values(preview.blocks).find(({ time_s }) => time_s != null)?.time_s ?? start;
  return (
    <Group gap="xs" style={{ flex: "1 1 220px" }} wrap="nowrap">
      <Slider
        style={{ flex: 1 }}
        size="sm"
        min={start}
        max={start + TRY_SECONDS}
        step={0.1}
        value={trial.time ?? shown}
        label={(value) => `${value.toFixed(1)} s`}
        thumbLabel="Moment"
        onChange={trial.setTime}
      />
      <Text size="xs" c="dimmed" className={classes.state}>
        {trial.running ? percent(preview.fraction) : words[preview.state]}
      </Text>
      {trial.time !== null && trial.running && (
        <ActionIcon
          variant="subtle"
          size="sm"
          aria-label="Follow the newest moment"
          onClick={() => trial.setTime(null)}
        >
          <IconPlayerPlay size={14} />
        </ActionIcon>
      )}
    </Group>
  );
}

const words: Record<Preview["state"], string> = {
  waiting: "waiting",
  running: "running",
  done: "done",
  failed: "stopped by a problem",
  cancelled: "cancelled",
};

const MOST_ROWS = 50;

function Shown({ preview }: { preview: Preview }) {
  const selected = useEditor((state) => state.selected);
  const name = selected.find((one) => preview.blocks[one]) ?? lastPicture(preview);
  const block = name ? preview.blocks[name] : undefined;
  if (!name || !block)
    return (
      <Text size="sm" c="dimmed" p="md" role="status">
        Waiting for the first picture…
      </Text>
    );
  return (
    <div className={classes.shown}>
      {block.picture && <img className={classes.large} src={block.picture} alt={`What ${name} gave`} />}
      <ScrollArea className={classes.words} type="auto">
        <Text size="sm" fw={600}>
          {describe(name)}{" "}
          <Text span c="dimmed" size="sm">
            {name}
          </Text>
        </Text>
        <Text size="sm">{block.words}</Text>
        <Text size="xs" c="dimmed" mt={2}>
          {facts(block)}
        </Text>
        {block.columns.length > 0 && (
          <Table mt="xs" fz="xs" withRowBorders>
            <Table.Thead>
              <Table.Tr>
                {block.columns.map((column) => (
                  <Table.Th key={column}>{column}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {block.rows.slice(0, MOST_ROWS).map((row, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity
                <Table.Tr key={place}>
                  {row.map((cell, column) => (
                    <Table.Td key={block.columns[column] ?? column}>{cellWords(cell)}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </ScrollArea>
    </div>
  );
}

function facts({ time_s, records, ms_per_record }: Preview["blocks"][string]): string {
  return [
    time_s != null && `at ${time_s.toFixed(2)} s`,
    records > 0 && `${records} records`,
    ms_per_record != null && `${ms_per_record.toFixed(1)} ms each`,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** With nothing selected, the block that is last in the pipeline and has a picture. */
function lastPicture(preview: Preview): string | undefined {
  return Object.keys(preview.blocks).findLast((name) => preview.blocks[name]?.picture);
}

function cellWords(cell: unknown): string {
  if (typeof cell === "number") return Number.isInteger(cell) ? String(cell) : cell.toFixed(3);
  return cell == null ? "" : typeof cell === "object" ? JSON.stringify(cell) : String(cell);
}
