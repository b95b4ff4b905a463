import { expect, it } from "vitest";
import { fromDrop, fromInput } from "./chosen";

const named = (name: string, path = "") =>
  Object.defineProperty(new File(["x"], name), "webkitRelativePath", { value: path });
const flat = (all: { file: File; folder: string }[]) => all.map(({ file, folder }) => `${folder}|${file.name}`);

it("keeps the folder of files that came with one, and leaves out what is no video", () => {
  const files = [
    named("a.mp4", "heats/day 1/a.mp4"),
    named("notes.txt", "heats/notes.txt"),
    named("B.MOV", "heats/B.MOV"),
  ];
  expect(flat(fromInput(files))).toEqual(["heats/day 1|a.mp4", "heats|B.MOV"]);
});

it("takes a file chosen by itself whatever it is: the server says what is wrong with it", () => {
  expect(flat(fromInput([named("notes.txt")]))).toEqual(["|notes.txt"]);
});

const leaf = (name: string) => ({ isFile: true, name, file: (done: (file: File) => void) => done(named(name)) });
const folder = (name: string, inside: unknown[], most = 100) => ({
  isFile: false,
  name,
  createReader: () => {
    const rest = [...inside];
    return { readEntries: (done: (some: unknown[]) => void) => done(rest.splice(0, most)) };
  },
});
const dropped = (entries: unknown[]) =>
  ({ items: entries.map((entry) => ({ kind: "file", webkitGetAsEntry: () => entry })) }) as unknown as DataTransfer;

it("walks dropped folders, all of them even if the browser gives a part at a time", async () => {
  const many = Array.from({ length: 7 }, (_, i) => leaf(`${i}.mp4`));
  const found = await fromDrop(dropped([leaf("one.mp4"), folder("club", [folder("heats", many, 3), leaf("x.pdf")])]));
  expect(flat(found)).toEqual(["|one.mp4", ...many.map((one) => `club/heats|${one.name}`)]);
});
