import { Button, CloseButton, Group, Stack, Text } from "@mantine/core";
import { IconArrowRight, IconPlugConnectedX, IconPlus } from "@tabler/icons-react";
import { acceptOffer } from "../state/actions";
import { useEditor } from "../state/store";
import { Floating } from "./Floating";

const close = () => useEditor.setState({ refused: null });

/** Why a wire was refused, and what would do. */
export function Refused() {
  const refused = useEditor((state) => state.refused);
  if (!refused) return null;
  return (
    <Floating at={refused.spot.screen} width={360} height={240} label="This wire cannot be" onClose={close}>
      <Group wrap="nowrap" align="flex-start" gap="xs">
        <IconPlugConnectedX size={20} color="var(--mantine-color-error)" style={{ flex: "none" }} aria-hidden />
        <Text size="sm" style={{ flex: 1 }}>
          {refused.what}
        </Text>
        <CloseButton size="sm" aria-label="Close" onClick={close} />
      </Group>
      {refused.offers.length > 0 && (
        <Stack gap={6} mt="sm">
          {refused.offers.map((offer, place) => (
            <Button
              key={offer.label}
              variant={place === 0 ? "filled" : "default"}
              size="xs"
              justify="flex-start"
              h="auto"
              py={6}
              styles={{ label: { whiteSpace: "normal", textAlign: "left" } }}
              leftSection={
                offer.instead ? <IconArrowRight size={15} aria-hidden /> : <IconPlus size={15} aria-hidden />
              }
              data-autofocus={place === 0 || undefined}
              onClick={() => acceptOffer(offer)}
            >
              {offer.label}
            </Button>
          ))}
        </Stack>
      )}
    </Floating>
  );
}
