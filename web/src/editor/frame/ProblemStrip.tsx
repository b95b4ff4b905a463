import { Collapse, Group, Loader, Text, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconChevronDown, IconChevronUp, IconCircleCheck, IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { GetModel } from "../../models/GetModel";
import { counted } from "../../shared/format";
import { told } from "../inspector/forms";
import { describe, goTo } from "../state/actions";
import { type Checking, useEditor } from "../state/store";
import classes from "./Frame.module.css";

/** What is wrong with the pipeline, in one line that opens; a click goes to the place. */
export function ProblemStrip() {
  const checking = useEditor((state) => state.checking);
  const count = useEditor((state) => Object.keys(state.graph.blocks).length);
  const [open, setOpen] = useState(false);
  const any = checking.problems.length > 0;
  return (
    <div className={classes.strip}>
      <Collapse expanded={open && any}>
        <ul className={classes.problems}>
          {checking.problems.map((problem) => (
            <li key={`${problem.block} ${problem.port} ${problem.what}`}>
              <UnstyledButton
                className={classes.problem}
                disabled={!problem.block}
                onClick={() => problem.block && goTo(problem.block, problem.port)}
              >
                {problem.block && (
                  <b>
                    {describe(problem.block)} ({problem.block}
                    {problem.port ? `, ${problem.port}` : ""}):{" "}
                  </b>
                )}
                {told(problem)}
              </UnstyledButton>
            </li>
          ))}
        </ul>
      </Collapse>
      <Group className={classes.line} gap="md">
        <UnstyledButton
          className={classes.state}
          disabled={!any}
          aria-expanded={any ? open : undefined}
          onClick={() => setOpen(!open)}
        >
          <State checking={checking} />
          {any && (open ? <IconChevronDown size={15} aria-hidden /> : <IconChevronUp size={15} aria-hidden />)}
        </UnstyledButton>
        {checking.missing.map((model) => (
          <GetModel key={model} name={model}>{`Get the model ${model}`}</GetModel>
        ))}
        <Text size="xs" c="dimmed" ml="auto">
          {counted(count, "block")}
        </Text>
      </Group>
    </div>
  );
}

function State({ checking }: { checking: Checking }) {
  const count = checking.problems.length;
  if (checking.trouble) {
    return (
      <>
        <IconAlertTriangle size={16} color="var(--mantine-color-error)" aria-hidden />
        Cannot check: {checking.trouble}
      </>
    );
  }
  if (!checking.fresh && !count) {
    return (
      <>
        <Loader size={13} aria-hidden /> Checking
      </>
    );
  }
  if (!count && checking.missing.length) {
    return (
      <>
        <IconDownload size={16} color="var(--mantine-color-anchor)" aria-hidden />
        {checking.missing.length === 1 ? "A model is not here yet" : "Some models are not here yet"}
      </>
    );
  }
  return count ? (
    <>
      <IconAlertTriangle size={16} color="var(--mantine-color-error)" aria-hidden />
      {counted(count, "problem")}
    </>
  ) : (
    <>
      <IconCircleCheck size={16} color="var(--mantine-color-anchor)" aria-hidden />
      Ready to run
    </>
  );
}
