import { Tooltip } from "@mantine/core";
import {
  type Icon,
  IconBellRinging,
  IconBox,
  IconDeviceCctv,
  IconFlask,
  IconHome,
  IconMovie,
  IconPhotoSearch,
  IconPlayerPlay,
  IconSettings,
  IconSitemap,
} from "@tabler/icons-react";
import { NavLink } from "react-router";
import classes from "./AppFrame.module.css";
import { OpenAlarms } from "./OpenAlarms";

const places: { to: string; text: string; icon: Icon }[] = [
  { to: "/", text: "Home", icon: IconHome },
  { to: "/videos", text: "Videos", icon: IconMovie },
  { to: "/pipelines", text: "Pipelines", icon: IconSitemap },
  { to: "/runs", text: "Runs", icon: IconPlayerPlay },
  { to: "/wall", text: "Cameras", icon: IconDeviceCctv },
  { to: "/alarms", text: "Alarms", icon: IconBellRinging },
  { to: "/datasets", text: "Data sets", icon: IconPhotoSearch },
  { to: "/models", text: "Models", icon: IconBox },
  { to: "/experiments", text: "Experiments", icon: IconFlask },
  { to: "/settings", text: "Settings", icon: IconSettings },
];

/** The places of the app: at the left, or along the bottom of a narrow screen. */
export function Navigation({ narrow }: { narrow: boolean }) {
  return (
    <nav className={classes.nav} aria-label="Main">
      {places.map(({ to, text, icon: Picture }) => (
        <Tooltip key={to} label={text} position="right" disabled={!narrow}>
          <NavLink to={to} end={to === "/"} className={classes.link} aria-label={text}>
            <Picture size={19} stroke={1.7} aria-hidden />
            <span className={classes.label}>{text}</span>
            {to === "/alarms" && <OpenAlarms />}
          </NavLink>
        </Tooltip>
      ))}
    </nav>
  );
}
