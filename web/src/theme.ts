import {
  Alert,
  Button,
  Card,
  type CSSVariablesResolver,
  createTheme,
  Drawer,
  type MantineColorsTuple,
  Menu,
  Modal,
  Notification,
  Paper,
  PasswordInput,
  Skeleton,
  Tabs,
  Tooltip,
} from "@mantine/core";

const brand: MantineColorsTuple = [
  "#e8f6f8",
  "#d3ecf1",
  "#a8d9e3",
  "#79c4d4",
  "#51b2c7",
  "#2f9db4",
  "#15879e",
  "#0b7285",
  "#095f6f",
  "#074a57",
];

// Greys with a slight cool tint; shade 6 is dimmed text (5.5 : 1 on white).
const gray: MantineColorsTuple = [
  "#f7f9fa",
  "#eff3f5",
  "#e3e9ec",
  "#d5dde1",
  "#b7c2c9",
  "#87959e",
  "#5b6973",
  "#46535d",
  "#2f3a43",
  "#1a2229",
];

const dark: MantineColorsTuple = [
  "#dce3e7",
  "#bcc6cd",
  "#98a5ae",
  "#75838d",
  "#35414b",
  "#283239",
  "#1f282f",
  "#182027",
  "#11181d",
  "#0c1216",
];

// Shade 7 is what filled buttons and error text take: white on it is at least 4.5 : 1.
const red: MantineColorsTuple = [
  "#fff0f0",
  "#ffe0e0",
  "#ffc4c4",
  "#ffa3a3",
  "#ff8585",
  "#f56565",
  "#e03e3e",
  "#c92a2a",
  "#ad2121",
  "#8a1a1a",
];

const green: MantineColorsTuple = [
  "#eaf8ee",
  "#d5f0dc",
  "#aee0bb",
  "#84cf98",
  "#5fbe79",
  "#40a95e",
  "#31924d",
  "#237a3d",
  "#1b6431",
  "#134c25",
];

// Warnings: shade 9, the text of light alerts, is 7 : 1 on their ground; shade 5 is the bright one for marks.
const yellow: MantineColorsTuple = [
  "#fff8e1",
  "#ffefb8",
  "#ffe48a",
  "#ffd95c",
  "#ffd43b",
  "#f0b90b",
  "#c98a00",
  "#9a6700",
  "#7a5200",
  "#5f4000",
];

export const theme = createTheme({
  colors: { brand, gray, dark, red, green, yellow },
  primaryColor: "brand",
  primaryShade: 7,
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, monospace",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.9375rem", lg: "1.0625rem", xl: "1.25rem" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.5rem", lineHeight: "1.3" },
      h2: { fontSize: "1.125rem", lineHeight: "1.4" },
      h3: { fontSize: "0.9375rem", lineHeight: "1.45" },
      h4: { fontSize: "0.875rem", lineHeight: "1.45" },
    },
  },
  defaultRadius: "md",
  radius: { xs: "4px", sm: "6px", md: "8px", lg: "12px", xl: "16px" },
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Alert: Alert.extend({ defaultProps: { variant: "light" } }),
    Button: Button.extend({ defaultProps: { size: "sm" } }),
    Card: Card.extend({ defaultProps: { withBorder: true, shadow: "none", padding: "md" } }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { "aria-label": "Close" } } }),
    // The place for the focus that Mantine puts into a menu is no child that a menu may have.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    Drawer: Drawer.extend({ defaultProps: { closeButtonProps: { "aria-label": "Close" } } }),
    Modal: Modal.extend({
      defaultProps: {
        closeButtonProps: { "aria-label": "Close" },
        centered: true,
        overlayProps: { backgroundOpacity: 0.45, blur: 2 },
      },
      styles: { title: { fontWeight: 600, fontSize: "1.0625rem" } },
    }),
    PasswordInput: PasswordInput.extend({
      defaultProps: { visibilityToggleButtonProps: { "aria-label": "Show what is typed", tabIndex: 0 } },
    }),
    Paper: Paper.extend({ defaultProps: { shadow: "none" } }),
    Skeleton: Skeleton.extend({ defaultProps: { radius: "md" } }),
    // The line under the chosen tab can be seen in the dark too.
    Tabs: Tabs.extend({ vars: () => ({ root: { "--tabs-color": "var(--mantine-color-anchor)" } }) }),
    Tooltip: Tooltip.extend({ defaultProps: { withArrow: true, openDelay: 350, multiline: true, maw: 320 } }),
  },
});

/** Colours beside Mantine's own: the canvas behind cards, thin borders, the accent. */
export const variables: CSSVariablesResolver = () => ({
  variables: { "--app-accent": "#ffd43b", "--app-header": "52px" },
  light: {
    "--app-canvas": gray[0],
    "--app-border": gray[2],
    "--app-hover": gray[1],
    "--app-selected": brand[0],
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": gray[9],
    "--mantine-color-dimmed": gray[6],
    "--mantine-color-placeholder": "#6b7983",
    "--mantine-color-default-border": gray[3],
    "--mantine-color-error": red[7],
    "--mantine-color-brand-light": brand[0],
    "--mantine-color-red-light": red[0],
    "--mantine-color-green-light": green[0],
    "--mantine-color-yellow-light": yellow[0],
    "--mantine-color-yellow-light-color": yellow[9],
  },
  dark: {
    "--app-canvas": dark[8],
    "--app-border": dark[5],
    "--app-hover": dark[6],
    "--app-selected": "#10313a",
    "--mantine-color-body": dark[7],
    "--mantine-color-text": dark[0],
    "--mantine-color-dimmed": dark[2],
    "--mantine-color-placeholder": "#8593a0",
    "--mantine-color-default-border": dark[4],
    "--mantine-color-error": red[3],
    "--mantine-color-brand-light": "#10313a",
    "--mantine-color-red-light": "#3d1d20",
    "--mantine-color-green-light": "#16311f",
    "--mantine-color-yellow-light": "#33290f",
    "--mantine-color-yellow-light-color": yellow[3],
    "--mantine-color-anchor": brand[3],
  },
});
