import { Alert, Button, Code, CopyButton, Group } from "@mantine/core";
import { IconCheck, IconCopy, IconKey } from "@tabler/icons-react";
import type { ReactNode } from "react";

type Props = { title: string; value: string; children: ReactNode; onClose: () => void };

/** Something that is shown this once, to be copied. */
export function Secret({ title, value, children, onClose }: Props) {
  return (
    <Alert icon={<IconKey aria-hidden />} title={title} color="brand" my="sm" role="status">
      {children}
      <Code block my="xs" style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
        {value}
      </Code>
      <Group gap="xs">
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button size="xs" onClick={copy} leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />}>
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
        <Button size="xs" variant="default" onClick={onClose}>
          I have kept it
        </Button>
      </Group>
    </Alert>
  );
}
