import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { refusal, serve, session, show } from "../test/page";
import { upTo } from "./roles";
import SettingsPage, { tabsOf } from "./SettingsPage";
import SignInPage, { goal } from "./SignInPage";

const full = { ...session, version: "1", most_upload: 1 };
const out = { ...full, accounts: true, signed_in: false };

describe("tabs", () => {
  it("are those that the role may use", () => {
    expect(tabsOf(full)).toEqual(["account", "webhooks", "channels", "storage", "about"]);
    expect(tabsOf({ ...full, accounts: true, role: "viewer" })).toEqual(["account", "storage", "about"]);
    expect(tabsOf({ ...full, accounts: true, role: "analyst" })).toEqual(["account", "storage", "about"]);
    expect(tabsOf({ ...full, accounts: true, role: "admin" })).toHaveLength(7);
  });

  it("explain themselves where there are no accounts", async () => {
    serve({ "GET /api/session": full });
    show(<SettingsPage />, { at: "/settings/account", path: "/settings/*" });
    expect(await screen.findByText("This site has no accounts")).toBeTruthy();
    expect(screen.queryByRole("tab", { name: "People" })).toBeNull();
  });
});

it("offers for a token no role above one's own", () => {
  expect([upTo("viewer"), upTo("analyst"), upTo(null)]).toEqual([["viewer"], ["viewer", "analyst"], ["viewer"]]);
});

it("shows a made token once", async () => {
  serve({
    "GET /api/session": { ...full, accounts: true, role: "analyst", name: "Ada" },
    "GET /api/tokens": [],
    "POST /api/tokens": { id: "t", name: "script", token: "ts_secret", role: "analyst", created: "", last_used: null },
  });
  show(<SettingsPage />, { at: "/settings/account", path: "/settings/*" });
  await userEvent.click(await screen.findByRole("button", { name: "New token" }));
  await userEvent.type(await screen.findByRole("textbox", { name: /^Name/ }), "script");
  await userEvent.click(screen.getByRole("button", { name: "Make the token" }));
  expect(await screen.findByText("ts_secret")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "I have kept it" }));
  expect(screen.queryByText("ts_secret")).toBeNull();
});

describe("sign-in", () => {
  it("says in a sentence that the password is wrong", async () => {
    const asked = serve({
      "GET /api/session": out,
      "POST /api/session": refusal(401, "the name or the password is wrong"),
    });
    show(<SignInPage />);
    await userEvent.type(await screen.findByRole("textbox", { name: /Name/ }), "Ada");
    await userEvent.type(screen.getByLabelText(/^Password/, { selector: "input" }), "wrong");
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByText("The name or the password is wrong.")).toBeTruthy();
    expect(asked.find((one) => one.method === "POST")?.body).toEqual({ name: "Ada", password: "wrong" });
  });

  it("offers the provider only where there is one", async () => {
    serve({ "GET /api/session": { ...out, oidc: "the university" } });
    show(<SignInPage />);
    const link = await screen.findByRole("link", { name: "Sign in with the university" });
    expect(link.getAttribute("href")).toBe("/api/session/oidc");
  });

  it("makes the first administrator where nobody is known", async () => {
    serve({ "GET /api/session": { ...out, first: true } });
    show(<SignInPage />);
    expect(await screen.findByRole("heading", { name: "Welcome to Trackside" })).toBeTruthy();
  });

  it("leaves who is signed in already", async () => {
    serve({ "GET /api/session": { ...out, signed_in: true } });
    show(<SignInPage />, { at: "/sign-in", path: "/sign-in" });
    await waitFor(() => expect(screen.getByTestId("elsewhere")).toBeTruthy());
  });

  it("leads to pages of ours only", () => {
    expect(goal({ from: "/runs/1?tab=log" })).toBe("/runs/1?tab=log");
    for (const from of ["//evil.example", "https://evil.example", "/sign-in", 3, undefined]) {
      expect(goal({ from })).toBe("/");
    }
    expect(goal(null)).toBe("/");
  });
});
