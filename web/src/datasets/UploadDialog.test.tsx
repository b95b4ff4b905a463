import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { show } from "../test/page";
import { useUploads } from "../videos/uploads";
import { UploadDialog } from "./UploadDialog";

const add = vi.fn();
const onClose = vi.fn();

beforeEach(() => {
  vi.clearAllMocks();
  useUploads.setState({ add });
  show(<UploadDialog opened onClose={onClose} />);
});

const upload = () => screen.getByRole<HTMLButtonElement>("button", { name: "Upload" });

async function choose(name: string, content = "PK") {
  const input = document.querySelector<HTMLInputElement>("input[type=file]");
  await userEvent.upload(input as HTMLInputElement, new File([content], name), { applyAccept: false });
}

it("sends an archive under its own name, or another", async () => {
  expect(upload().disabled).toBe(true);
  await choose("Shapes.TAR.GZ");
  expect(screen.getByPlaceholderText("Shapes")).toBeTruthy();
  await userEvent.type(screen.getByRole("textbox", { name: "Name" }), " Heat 3 ");
  await userEvent.click(upload());
  expect(add.mock.calls[0]?.[0]).toMatchObject([{ file: { name: "Shapes.TAR.GZ" }, folder: "", dataset: "Heat 3" }]);
  expect(onClose).toHaveBeenCalled();
});

it.each([
  ["film.mp4", "PK", /no \.zip/],
  ["shapes.zip", "", /is empty/],
])("refuses %s at once", async (name, content, words) => {
  await choose(name, content);
  expect(screen.getByText(words)).toBeTruthy();
  expect(upload().disabled).toBe(true);
});
