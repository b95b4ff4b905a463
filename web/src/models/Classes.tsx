/** The classes that a model knows, many of them folded away. */

import { Badge, Button, Card, Group, Title } from "@mantine/core";
import { useState } from "react";
import { counted } from "../shared/format";

const FEW = 24;

export function Classes({ classes }: { classes: string[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? classes : classes.slice(0, FEW);
  return (
    <Card component="section" aria-label="Classes">
      <Title order={2} mb="xs">
        Knows {counted(classes.length, "class", "classes")}
      </Title>
      <Group gap={6} component="ul" m={0} p={0} style={{ listStyle: "none" }}>
        {shown.map((name) => (
          <li key={name}>
            <Badge variant="default" radius="sm" tt="none" fw={500}>
              {name}
            </Badge>
          </li>
        ))}
      </Group>
      {classes.length > FEW && (
        <Button variant="subtle" size="compact-sm" mt="xs" w="fit-content" onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show all ${classes.length}`}
        </Button>
      )}
    </Card>
  );
}
