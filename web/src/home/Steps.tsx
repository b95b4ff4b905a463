import { Button, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { Link } from "react-router";
import classes from "./home.module.css";

type Props = { videos: number; pipelines: number; runs: number; finished: boolean };

/** The way from nothing to results; what is done already has a tick. */
export function Steps({ videos, pipelines, runs, finished }: Props) {
  const steps = [
    {
      title: "Upload a video",
      about: "From this computer or straight from a phone. It is checked as soon as it arrives.",
      action: videos ? "See your videos" : "Upload videos",
      to: "/videos",
      done: videos > 0,
    },
    {
      title: "Choose or draw a pipeline",
      about: "A pipeline says what is done with a video: find people, follow them, measure. Start from a template.",
      action: pipelines ? "See your pipelines" : "Choose a template",
      to: "/pipelines",
      done: pipelines > 0 || runs > 0,
    },
    {
      title: "Run it and download",
      about: "Watch it work, then look through the results and take them with you.",
      action: runs ? "See your runs" : "Start a run",
      to: runs || !pipelines ? "/runs" : "/pipelines",
      done: finished,
    },
  ];
  const next = steps.findIndex((step) => !step.done);
  return (
    <ol className={classes.steps} aria-label="First steps">
      {steps.map((step, place) => (
        <li key={step.title} className={classes.step} data-next={place === next || undefined}>
          <span className={classes.number} data-done={step.done || undefined} aria-hidden>
            {step.done ? <IconCheck size={17} stroke={2.4} /> : place + 1}
          </span>
          <div className={classes.stepText}>
            <Text fw={600} component="h2" fz="md">
              {step.title}
              {step.done && <span className={classes.done}> Done</span>}
            </Text>
            <Text size="sm" c="dimmed" mt={4} mb="md">
              {step.about}
            </Text>
            <Button component={Link} to={step.to} size="xs" variant={place === next ? "filled" : "default"}>
              {step.action}
            </Button>
          </div>
        </li>
      ))}
    </ol>
  );
}
