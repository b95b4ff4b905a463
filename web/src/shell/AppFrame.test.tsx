import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { refusal, serve, session, show } from "../test/page";
import { AppFrame } from "./AppFrame";

const queue = { slots: { cpu: 1 }, running: { cpu: 2 }, waiting: { cpu: 3, gpu: 1 }, workers: 1 };

it("says what the workers do, and has a way past the navigation", async () => {
  serve({ "GET /api/session": session, "GET /api/queue": queue });
  show(<AppFrame />);
  expect(await screen.findByRole("link", { name: "Queue: 2 running · 4 waiting" })).toBeTruthy();
  expect(screen.getByRole("link", { name: "Skip to content" }).getAttribute("href")).toBe("#main");
  expect(screen.getByRole("navigation", { name: "Main" })).toBeTruthy();
});

it("sends away who is not signed in", async () => {
  serve({ "GET /api/session": { ...session, accounts: true, signed_in: false } });
  show(<AppFrame />, { at: "/videos", path: "/videos" });
  expect(await screen.findByTestId("elsewhere")).toBeTruthy();
});

it("leaves for sign-in when a session has run out in the middle", async () => {
  let signedIn = true;
  serve({
    "GET /api/session": () => ({ ...session, accounts: true, signed_in: signedIn }),
    "GET /api/queue": () => {
      signedIn = false;
      return refusal(401, "you are not signed in");
    },
  });
  show(<AppFrame />, { at: "/videos", path: "/videos" });
  expect(await screen.findByTestId("elsewhere")).toBeTruthy();
});
