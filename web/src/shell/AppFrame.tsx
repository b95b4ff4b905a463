import { ActionIcon, Tooltip } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconPlugConnectedX } from "@tabler/icons-react";
import { Suspense } from "react";
import { Link, Navigate, Outlet, useLocation } from "react-router";
import { useNews } from "../shared/news";
import { Problems } from "../shared/problems";
import { type Session, useSession } from "../shared/session";
import { UploadPanel } from "../videos/UploadPanel";
import { Account } from "./Account";
import classes from "./AppFrame.module.css";
import { Loading } from "./Loading";
import { Navigation } from "./Navigation";
import { PageGuard } from "./PageGuard";
import { QueueLine } from "./QueueLine";
import { SchemeSwitch } from "./SchemeSwitch";

/** Around every page but sign-in: navigation, queue, who is here. Nobody signed in: off to sign-in. */
export function AppFrame() {
  const session = useSession();
  const place = useLocation();
  if (session.isPending) return <Loading />;
  if (session.isError) return <Problems error={session.error} onRetry={() => session.refetch()} />;
  if (session.data.accounts && !session.data.signed_in) {
    return <Navigate to="/sign-in" replace state={{ from: place.pathname + place.search }} />;
  }
  return <Frame session={session.data} />;
}

function Frame({ session }: { session: Session }) {
  const [narrow, setNarrow] = useLocalStorage({
    key: "trackside-nav",
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const lost = useNews();
  const place = useLocation().pathname;
  const words = narrow ? "Widen the navigation" : "Narrow the navigation";
  return (
    <div className={classes.frame} data-narrow={narrow || undefined}>
      <a className={classes.skip} href="#main">
        Skip to content
      </a>
      <section className={classes.side} aria-label="Site">
        <div className={classes.top}>
          <Link to="/" className={classes.logo} aria-label="Trackside, start page">
            <img src="/favicon.svg" alt="" width={26} height={26} />
            <span className={classes.word}>Trackside</span>
          </Link>
        </div>
        <Navigation narrow={narrow} />
        <div className={classes.foot}>
          <QueueLine narrow={narrow} />
          <Account session={session} narrow={narrow} />
          <div className={classes.tools}>
            <SchemeSwitch />
            <Tooltip label={words} position="right">
              <ActionIcon
                className={classes.collapse}
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={words}
                onClick={() => setNarrow(!narrow)}
              >
                {narrow ? <IconLayoutSidebarLeftExpand size={19} /> : <IconLayoutSidebarLeftCollapse size={19} />}
              </ActionIcon>
            </Tooltip>
          </div>
        </div>
      </section>
      <main id="main" tabIndex={-1} className={classes.main}>
        {lost && (
          <div className={classes.lost} role="status">
            <IconPlugConnectedX size={17} aria-hidden />
            The server does not answer. This page goes on by itself when it is back.
          </div>
        )}
        <PageGuard place={place} lost={lost}>
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </PageGuard>
      </main>
      <UploadPanel />
    </div>
  );
}

/** The margins of ordinary pages; the editor does without. Wide ones use a large screen: video beside plots. */
export function Padded({ wide = false }: { wide?: boolean }) {
  return (
    <div className={classes.padded} data-wide={wide || undefined}>
      <Suspense fallback={<Loading />}>
        <Outlet />
      </Suspense>
    </div>
  );
}
