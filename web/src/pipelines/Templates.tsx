import { SimpleGrid, Skeleton, Text } from "@mantine/core";
import { IconArrowRight, IconSitemap } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { Problems } from "../shared/problems";
import { useMay } from "../shared/session";
import classes from "./Pipelines.module.css";
import { type Template, useTemplates } from "./queries";

/** Pipelines to start from: a picture and one sentence each. */
export function Templates() {
  const templates = useTemplates();
  return (
    <>
      <Problems error={templates.error} onRetry={() => templates.refetch()} />
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="md">
        {templates.isPending && [0, 1, 2].map((place) => <Skeleton key={place} h={240} />)}
        {templates.data?.map((template) => (
          <Card key={template.name} template={template} />
        ))}
      </SimpleGrid>
    </>
  );
}

function Card({ template }: { template: Template }) {
  const [broken, setBroken] = useState(false);
  const mayEdit = useMay("analyst");
  return (
    <Link className={classes.template} to={`/pipelines/new?template=${encodeURIComponent(template.name)}`}>
      <span className={classes.picture}>
        {template.picture && !broken ? (
          <img src={template.picture} alt="" loading="lazy" onError={() => setBroken(true)} />
        ) : (
          <IconSitemap size={32} stroke={1.3} aria-hidden />
        )}
      </span>
      <span className={classes.words}>
        <Text span fw={600} size="sm">
          {template.title}
        </Text>
        <Text span size="sm" c="dimmed">
          {template.about}
        </Text>
        <span className={classes.use}>
          {mayEdit ? "Use this" : "Look at it"} <IconArrowRight size={15} aria-hidden />
        </span>
      </span>
    </Link>
  );
}
