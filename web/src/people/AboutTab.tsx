import { Anchor, List, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import { counted } from "../shared/format";
import { useSession } from "../shared/session";
import { Section } from "./Section";

const said = (state: string | undefined) => (state === "ok" ? "Works" : (state ?? "–"));

/** What this is, and how programs talk to it. */
export function AboutTab() {
  const session = useSession().data;
  const health = useQuery({ queryKey: ["health"], queryFn: () => must(api.GET("/api/health")) });
  const rows: [string, string][] = [
    ["Version", session?.version ?? "–"],
    ["Server", said(health.data?.state)],
    ["Database", said(health.data?.database)],
    ["Works on", health.data ? `${counted(health.data.workers, "video")} at a time` : "–"],
  ];
  return (
    <>
      <Section title="Trackside" about="Draw a video pipeline, upload footage, run it, download the results.">
        <Table withRowBorders={false} verticalSpacing={4} horizontalSpacing={0} w="auto">
          <Table.Tbody>
            {rows.map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Th fw={400} c="dimmed" pr="xl" scope="row">
                  {name}
                </Table.Th>
                <Table.Td>{value}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Section>
      <Section title="For programs" about="All that these pages do goes through an API, which you can use as well.">
        <List size="sm" spacing={6}>
          <List.Item>
            The API's description (OpenAPI):{" "}
            <Anchor href="/api/openapi.json" size="sm" underline="always">
              /api/openapi.json
            </Anchor>
          </List.Item>
          <List.Item>
            From Python: <code>trackside.Client(address, token)</code>
          </List.Item>
          <List.Item>
            From a terminal: <code>trackside run pipeline.yaml video.mp4</code> runs the files that the editor exports
          </List.Item>
        </List>
        <Text size="xs" c="dimmed" mt="md">
          Nothing on these pages is loaded from the internet.
        </Text>
      </Section>
    </>
  );
}
