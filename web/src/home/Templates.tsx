import { SimpleGrid, Skeleton, Text } from "@mantine/core";
import { Link } from "react-router";
import { Thumbnail } from "../shared/Thumbnail";
import classes from "./home.module.css";
import { useTemplates } from "./queries";
import { Row } from "./Row";

/** Pipelines to start from. */
export function Templates() {
  const templates = useTemplates();
  if (templates.isError || templates.data?.length === 0) return null;
  return (
    <Row title="Start from a template" to="/pipelines" more="All pipelines">
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 3 }} spacing="md">
        {templates.data
          ? templates.data.map((template) => (
              <Link key={template.name} to={`/pipelines/new?template=${template.name}`} className={classes.tile}>
                <Thumbnail src={template.picture} />
                <span className={classes.tileText}>
                  <Text size="sm" fw={550}>
                    {template.title}
                  </Text>
                  <Text size="xs" c="dimmed" mt={2}>
                    {template.about}
                  </Text>
                </span>
              </Link>
            ))
          : ["a", "b", "c"].map((key) => <Skeleton key={key} h={200} />)}
      </SimpleGrid>
    </Row>
  );
}
