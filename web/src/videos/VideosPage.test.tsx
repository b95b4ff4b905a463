import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { type Asked, page, refusal, serve, session, show } from "../test/page";
import type { Video } from "./queries";
import VideosPage from "./VideosPage";

function video(id: string, change: Partial<Video> = {}): Video {
  return {
    id,
    name: `${id}.mp4`,
    folder: "",
    state: "ready",
    problem: "",
    fix: "",
    bytes: 4_000_000,
    received: 0,
    upload: null,
    seconds: 7.7,
    width: 1920,
    height: 1080,
    fps: 50,
    codec: "h264",
    thumbnail: "",
    owner: "you",
    created: "2026-11-21T18:00:00Z",
    ...change,
  };
}

const bad = video("notes", { state: "unusable", problem: "not a video", fix: "choose another file" });
let answers: Record<string, unknown>;
beforeEach(() => {
  answers = {
    "GET /api/session": session,
    "GET /api/folders": [{ name: "heats", videos: 2 }],
    "GET /api/videos": page([video("sprint", { folder: "heats" }), bad]),
    "GET /api/videos/sprint": video("sprint"),
    "GET /api/runs": page([]),
  };
});

it("shows size and resolution, and why a file cannot be used", async () => {
  serve(answers);
  show(<VideosPage />);
  expect(await screen.findByText("1920 × 1080 · 4.0 MB · heats")).toBeTruthy();
  const card = within(screen.getByText("notes.mp4").closest("li") as HTMLElement);
  expect(card.getByText("Cannot be used")).toBeTruthy();
  expect(card.getByText("Not a video; choose another file.")).toBeTruthy();
  expect(document.title).toBe("Videos · Trackside");
});

it("says what to do when there is nothing, and something else when only the filter finds nothing", async () => {
  serve({ ...answers, "GET /api/videos": page([]) });
  show(<VideosPage />);
  expect(await screen.findByText("No videos yet")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Choose files" })).toBeTruthy();
  expect(screen.queryByLabelText("Search videos by name")).toBeNull();
});

it("searches by name and keeps it in the question", async () => {
  const found = ({ query }: Asked) => (query.get("q") ? page([]) : answers["GET /api/videos"]);
  const asked = serve({ ...answers, "GET /api/videos": found });
  show(<VideosPage />);
  await userEvent.type(await screen.findByLabelText("Search videos by name"), "100 m");
  await waitFor(() => expect(asked.some((one) => one.query.get("q") === "100 m")).toBe(true));
  expect(await screen.findByText("No video fits")).toBeTruthy();
});

it("tells what went wrong in a sentence", async () => {
  serve({ ...answers, "GET /api/videos": refusal(422, "the folder is unknown", "choose another") });
  show(<VideosPage />);
  expect(await screen.findByText("The folder is unknown; choose another.")).toBeTruthy();
});

it("deletes several only after asking", async () => {
  const asked = serve({
    ...answers,
    "DELETE /api/videos/sprint": { state: "ok" },
    "DELETE /api/videos/notes": { state: "ok" },
  });
  show(<VideosPage />);
  await userEvent.click(await screen.findByLabelText("Choose sprint.mp4"));
  await userEvent.click(screen.getByLabelText("Choose notes.mp4"));
  const bar = await screen.findByRole("region", { name: "Chosen videos" });
  await userEvent.click(within(bar).getByRole("button", { name: "Delete" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete 2 videos?" });
  expect(asked.some((one) => one.method === "DELETE")).toBe(false);
  await userEvent.click(within(dialog).getByRole("button", { name: "Delete for good" }));
  await waitFor(() => expect(asked.filter((one) => one.method === "DELETE")).toHaveLength(2));
});

it("offers nothing that changes anything to a viewer", async () => {
  serve({ ...answers, "GET /api/session": { ...session, accounts: true, role: "viewer" } });
  show(<VideosPage />);
  await screen.findByText("sprint.mp4");
  expect(screen.queryByRole("button", { name: "Upload videos" })).toBeNull();
  expect(screen.queryByLabelText("Choose sprint.mp4")).toBeNull();
});

it("opens a video from the address and says when the browser cannot play it", async () => {
  serve(answers);
  show(<VideosPage />, { at: "/videos?video=sprint" });
  const player = await screen.findByLabelText("sprint.mp4", { selector: "video" });
  expect(player.getAttribute("src")).toBe("/api/videos/sprint/file");
  fireEvent.error(player);
  expect(await screen.findByText("This browser cannot play it")).toBeTruthy();
});
