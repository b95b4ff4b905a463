/** A difference of code, file by file, line by line. */

import { Badge, Button, Group, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import { counted } from "../shared/format";
import { type DiffLine, type FileDiff, filesOf } from "./diff";
import classes from "./diff.module.css";

// Files beyond the first few are closed at first, and of a long file the beginning is shown: a page of it is enough to judge.
const OPEN_FILES = 3;
const FIRST_LINES = 400;
const SIGNS: Record<DiffLine["kind"], string> = { added: "+", removed: "−", same: "", place: "", note: "" };

export function CodeDiff({ diff }: { diff: string }) {
  const files = useMemo(() => filesOf(diff), [diff]);
  const [added, removed] = [sum(files, "added"), sum(files, "removed")];
  return (
    <div>
      <Text size="sm" c="dimmed" mb="xs">
        {counted(files.length, "file")}, {counted(added, "line")} added, {removed.toLocaleString("en-GB")} removed
      </Text>
      {files.map((file, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a difference does not change, and a file may stand in it twice
        <OneFile key={at} file={file} opened={at < OPEN_FILES} />
      ))}
    </div>
  );
}

function sum(files: FileDiff[], part: "added" | "removed"): number {
  return files.reduce((total, file) => total + file[part], 0);
}

function OneFile({ file, opened }: { file: FileDiff; opened: boolean }) {
  const [open, setOpen] = useState(opened);
  const [whole, setWhole] = useState(false);
  const lines = whole ? file.lines : file.lines.slice(0, FIRST_LINES);
  return (
    <details className={classes.file} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Group gap="xs" wrap="nowrap" component="span">
          <span className={classes.name}>{file.name}</span>
          <Badge component="span" color="green" variant="light" size="sm" radius="sm">
            +{file.added}
          </Badge>
          <Badge component="span" color="red" variant="light" size="sm" radius="sm">
            −{file.removed}
          </Badge>
        </Group>
      </summary>
      {open && (
        <section
          className={classes.code}
          aria-label={`Changes of ${file.name}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
          tabIndex={0}
        >
          <table>
            <tbody>
              {lines.map((line, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a difference does not change
                <Row key={at} line={line} />
              ))}
            </tbody>
          </table>
          {lines.length < file.lines.length && (
            <Button variant="subtle" size="xs" m={6} onClick={() => setWhole(true)}>
              Show all {file.lines.length.toLocaleString("en-GB")} lines
            </Button>
          )}
        </section>
      )}
    </details>
  );
}

function Row({ line }: { line: DiffLine }) {
  return (
    <tr data-kind={line.kind}>
      <td className={classes.number}>{line.before}</td>
      <td className={classes.number}>{line.after}</td>
      <td className={classes.sign}>{SIGNS[line.kind]}</td>
      <td className={classes.text}>{line.text}</td>
    </tr>
  );
}
