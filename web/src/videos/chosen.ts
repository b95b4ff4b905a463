/**
 * A file that somebody chose, and the folder it lay in (empty if it was chosen by itself). `dataset` is there if it is an
 * archive that becomes a data set: how that shall be called, empty for the archive's own name.
 */
export type Chosen = { file: File; folder: string; dataset?: string };

const VIDEO = /\.(mp4|m4v|mov|avi|mkv|webm|mts|m2ts|ts|mpe?g|wmv|3gp|mxf|flv|ogv|y4m)$/i;

/** Files of an `<input>`; with `webkitdirectory` they know their folder. */
export function fromInput(files: Iterable<File>): Chosen[] {
  return onlyVideos([...files].map((file) => ({ file, folder: parent(file.webkitRelativePath) })));
}

/** Files and folders that were dropped. Call it in the event itself: the browser forgets the items afterwards. */
export function fromDrop(data: DataTransfer): Promise<Chosen[]> {
  const items = [...data.items].filter((item) => item.kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry());
  if (!entries.some(Boolean)) return Promise.resolve(fromInput(data.files));
  const found = entries.filter((entry) => entry !== null).map((entry) => walk(entry, ""));
  return Promise.all(found).then((lists) => onlyVideos(lists.flat()));
}

/** What lies in a folder beside the videos is left out; a file chosen by itself is not: the server says what is wrong. */
function onlyVideos(all: Chosen[]): Chosen[] {
  return all.filter(({ file, folder }) => !folder || VIDEO.test(file.name) || file.type.startsWith("video/"));
}

async function walk(entry: FileSystemEntry, folder: string): Promise<Chosen[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    return [{ file, folder }];
  }
  const inside = folder ? `${folder}/${entry.name}` : entry.name;
  const lists = (await children(entry as FileSystemDirectoryEntry)).map((child) => walk(child, inside));
  return (await Promise.all(lists)).flat();
}

/** All of a folder: the browser gives at most 100 at a time. */
async function children(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return all;
    all.push(...some);
  }
}

function parent(path: string | undefined): string {
  return path?.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}
