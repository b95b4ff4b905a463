import { Tabs } from "@mantine/core";
import {
  type Icon,
  IconBellRinging,
  IconDatabase,
  IconHistory,
  IconInfoCircle,
  IconUser,
  IconUsers,
  IconWebhook,
} from "@tabler/icons-react";
import { type ComponentType, lazy, Suspense } from "react";
import { Navigate, useNavigate, useParams } from "react-router";
import { PageHeader } from "../shared/PageHeader";
import { may, type Session, useSession } from "../shared/session";
import { Loading } from "../shell/Loading";
import { AboutTab } from "./AboutTab";
import { AccountTab } from "./AccountTab";
import { AuditTab } from "./AuditTab";
import { PeopleTab } from "./PeopleTab";
import { StorageTab } from "./StorageTab";
import { WebhooksTab } from "./WebhooksTab";

const ChannelsTab = lazy(() => import("../alarms/channels/ChannelsTab"));

type Tab = { path: string; text: string; icon: Icon; show: ComponentType; here: (session: Session) => boolean };

const admin = (session: Session) => may(session, "admin");
const tabs: Tab[] = [
  { path: "account", text: "Account", icon: IconUser, show: AccountTab, here: () => true },
  { path: "people", text: "People", icon: IconUsers, show: PeopleTab, here: (one) => one.accounts && admin(one) },
  { path: "webhooks", text: "Webhooks", icon: IconWebhook, show: WebhooksTab, here: admin },
  { path: "channels", text: "Alarm channels", icon: IconBellRinging, show: ChannelsTab, here: admin },
  { path: "storage", text: "Storage", icon: IconDatabase, show: StorageTab, here: () => true },
  { path: "audit", text: "Audit", icon: IconHistory, show: AuditTab, here: (one) => one.accounts && admin(one) },
  { path: "about", text: "About", icon: IconInfoCircle, show: AboutTab, here: () => true },
];

/** The tabs that a person may use. */
export function tabsOf(session: Session): string[] {
  return tabs.filter((tab) => tab.here(session)).map((tab) => tab.path);
}

/** Settings of the person and of the site. */
export default function SettingsPage() {
  const session = useSession().data;
  const navigate = useNavigate();
  const path = useParams()["*"] ?? "";
  if (!session) return null;
  const here = tabs.filter((tab) => tab.here(session));
  const current = here.find((tab) => tab.path === path);
  if (!current) return <Navigate to={`/settings/${session.accounts ? "account" : "storage"}`} replace />;
  const Shown = current.show;
  return (
    <>
      <PageHeader
        title="Settings"
        subtitle={session.accounts ? "Your account, and how this site works." : "How this site works."}
      />
      <Tabs value={path} onChange={(next) => next && navigate(`/settings/${next}`)} keepMounted={false}>
        <Tabs.List mb="lg">
          {here.map(({ path: value, text, icon: Picture }) => (
            <Tabs.Tab key={value} value={value} leftSection={<Picture size={16} aria-hidden />}>
              {text}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={path} maw={900}>
          <Suspense fallback={<Loading />}>
            <Shown />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
