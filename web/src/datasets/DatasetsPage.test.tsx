import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { page, refusal, serve, session, show } from "../test/page";
import DatasetsPage from "./DatasetsPage";
import { dataset } from "./fixtures";

const answers = {
  "GET /api/session": session,
  "GET /api/datasets": page([
    dataset(),
    dataset({ id: "d2", name: "Throws", state: "checking", stage: "asking: blur", fraction: 0.4, verdict: null }),
    dataset({ id: "d3", name: "Empty", state: "failed", problem: "the folder is empty", fix: "choose another" }),
  ]),
  "GET /api/datasets/places": [{ place: "/sets", folders: ["swim/day 1", "throws"] }],
};

it("shows how each data set stands, and the way to what is to be done", async () => {
  serve(answers);
  show(<DatasetsPage />);
  const card = (await screen.findByText("Ants and bees")).closest("li") as HTMLElement;
  expect(within(card).getByText("Look at it")).toBeTruthy();
  expect(within(card).getByRole("link", { name: "3 to decide" }).getAttribute("href")).toBe("/datasets/d1/queue");
  expect(screen.getByText("The folder is empty; choose another.")).toBeTruthy();
  expect(screen.getByRole("progressbar", { name: "asking: blur of Throws" })).toBeTruthy();
});

it("says what to do where there is none", async () => {
  serve({ ...answers, "GET /api/datasets": page([]) });
  show(<DatasetsPage />);
  expect(await screen.findByText("No data sets yet")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Add a folder" })).toBeTruthy();
  expect(screen.getByRole("button", { name: "Upload a data set" })).toBeTruthy();
});

it("adds one from a place", async () => {
  const asked = serve({ ...answers, "POST /api/datasets": dataset({ id: "d9" }) });
  show(<DatasetsPage />, { at: "/datasets?add=1" });
  await userEvent.click(await screen.findByRole("radio", { name: /throws/ }));
  await userEvent.type(screen.getByRole("textbox", { name: "Name" }), "Javelin");
  await userEvent.click(screen.getByRole("button", { name: "Add and check" }));
  await waitFor(() => expect(asked.some((one) => one.method === "POST")).toBe(true));
  expect(asked.find((one) => one.method === "POST")?.body).toEqual({
    place: "/sets",
    folder: "throws",
    name: "Javelin",
    format: "",
  });
});

it("says how the server is told of folders, where it knows none", async () => {
  serve({ ...answers, "GET /api/datasets/places": [] });
  show(<DatasetsPage />, { at: "/datasets?add=1" });
  expect(await screen.findByText("trackside serve --data-sets FOLDER")).toBeTruthy();
});

it("tells why a data set was refused", async () => {
  serve({ ...answers, "POST /api/datasets": refusal(422, "the folder holds no pictures", "choose another") });
  show(<DatasetsPage />, { at: "/datasets?add=1" });
  await userEvent.click(await screen.findByRole("radio", { name: /throws/ }));
  await userEvent.click(screen.getByRole("button", { name: "Add and check" }));
  expect(await screen.findByText("The folder holds no pictures; choose another.")).toBeTruthy();
});

it("removes one only after asking", async () => {
  const asked = serve({ ...answers, "DELETE /api/datasets/d1": { state: "ok" } });
  show(<DatasetsPage />);
  await userEvent.click(await screen.findByRole("button", { name: "More for Ants and bees" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Remove" }));
  const dialog = await screen.findByRole("dialog", { name: "Remove “Ants and bees”?" });
  expect(asked.some((one) => one.method === "DELETE")).toBe(false);
  await userEvent.click(within(dialog).getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(asked.some((one) => one.method === "DELETE")).toBe(true));
});

it("offers nothing that changes anything to a viewer", async () => {
  serve({ ...answers, "GET /api/session": { ...session, accounts: true, role: "viewer" } });
  show(<DatasetsPage />);
  await screen.findByText("Ants and bees");
  expect(screen.queryByRole("button", { name: "Add a folder" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Upload a data set" })).toBeNull();
  expect(screen.queryByRole("button", { name: "More for Ants and bees" })).toBeNull();
});

it("says that pictures go with it where they were uploaded", async () => {
  serve({ ...answers, "GET /api/datasets": page([dataset({ uploaded: true })]) });
  show(<DatasetsPage />);
  await userEvent.click(await screen.findByRole("button", { name: "More for Ants and bees" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Remove" }));
  expect(await screen.findByText(/Its pictures were uploaded to this server and are deleted too/)).toBeTruthy();
});
