import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { show } from "../test/page";
import { PageGuard } from "./PageGuard";

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

function Broken({ why }: { why: string }): never {
  throw new Error(why);
}

function Guarded({ why }: { why: string }) {
  const [place, setPlace] = useState("/models");
  return (
    <>
      <button type="button" onClick={() => setPlace("/runs")}>
        Elsewhere
      </button>
      <PageGuard place={place} lost={false}>
        {place === "/models" ? <Broken why={why} /> : <p>Runs</p>}
      </PageGuard>
    </>
  );
}

it("leaves the navigation alive when a page cannot be fetched, and goes when one goes elsewhere", async () => {
  show(<Guarded why="Failed to fetch dynamically imported module: /assets/x.js" />);
  expect(await screen.findByText("This page could not be fetched")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Elsewhere" }));
  expect(await screen.findByText("Runs")).toBeTruthy();
});

it("says what broke when it is not the network", async () => {
  show(<Guarded why="x is undefined" />);
  expect(await screen.findByText(/x is undefined/)).toBeTruthy();
});
