/** Asks for the pictures of many cameras: few at a time, whoever has waited longest first, less often where it goes badly. */

/** A camera whose newest picture is wanted. */
export type Wish = {
  /** The picture's address. */
  address: string;
  /** Milliseconds between two pictures if all goes well. */
  every: number;
  show: (picture: HTMLImageElement) => void;
  /** The picture could not be had. */
  miss?: () => void;
};

type Entry = Wish & { due: number; asked: boolean; failures: number; tag: string };
/** A picture and the server's tag of it; null if it is still the one with the tag that is known. */
export type Load = (address: string, known: string) => Promise<{ picture: HTMLImageElement; tag: string } | null>;

// A browser opens six connections to a host; news holds one, and other questions shall not wait behind pictures.
const AT_ONCE = 4;
const LONGEST_WAIT_MS = 30_000;
const PATIENCE_MS = 10_000;
// At most a quarter of the time is spent on asking for one camera: a slow server is asked less often.
const CALM = 4;

export class Pictures {
  private entries = new Set<Entry>();
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private still = false;

  constructor(
    private readonly load: Load = loadDecoded,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Asks for a picture again and again; returns how to stop. */
  want(wish: Wish): () => void {
    const entry: Entry = { ...wish, due: this.now(), asked: false, failures: 0, tag: "" };
    this.entries.add(entry);
    this.pump();
    return () => {
      this.entries.delete(entry);
    };
  }

  /** Nobody looks: nothing is asked for until somebody does. */
  rest(still: boolean): void {
    this.still = still;
    this.pump();
  }

  private pump(): void {
    clearTimeout(this.timer);
    if (this.still) return;
    const waiting = [...this.entries].filter((entry) => !entry.asked).sort((a, b) => a.due - b.due);
    for (const entry of waiting) {
      if (this.asked >= AT_ONCE) return; // whoever comes back goes on
      const wait = entry.due - this.now();
      if (wait > 0) {
        this.timer = setTimeout(() => this.pump(), wait);
        return;
      }
      void this.ask(entry);
    }
  }

  private async ask(entry: Entry): Promise<void> {
    const begun = this.now();
    entry.asked = true;
    this.asked += 1;
    try {
      const loaded = await this.load(entry.address, entry.tag);
      entry.failures = 0;
      if (loaded) entry.tag = loaded.tag;
      if (loaded && this.entries.has(entry)) entry.show(loaded.picture);
    } catch {
      entry.failures += 1;
      if (this.entries.has(entry)) entry.miss?.();
    }
    entry.due = begun + pause(entry.every, this.now() - begun, entry.failures);
    entry.asked = false;
    this.asked -= 1;
    this.pump();
  }
}

/** Milliseconds from one question to the next. */
export function pause(every: number, took: number, failures: number): number {
  return Math.min(LONGEST_WAIT_MS, Math.max(every, CALM * took) * 2 ** Math.min(failures, 10));
}

/** A picture that is decoded already, away from the page's own work, so that showing it costs the page nothing. */
async function loadDecoded(address: string, known: string): ReturnType<Load> {
  const headers: HeadersInit = known ? { "if-none-match": known } : {};
  // What has been seen is of no use any more: it shall not fill the browser's cache.
  const answer = await fetch(address, { headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (answer.status === 304) return null;
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const picture = new Image();
  picture.src = URL.createObjectURL(await answer.blob());
  try {
    await picture.decode();
  } finally {
    URL.revokeObjectURL(picture.src);
  }
  return { picture, tag: answer.headers.get("etag") ?? "" };
}

/** The one of the page. */
export const pictures = new Pictures();
const look = () => pictures.rest(document.visibilityState === "hidden");
document.addEventListener("visibilitychange", look);
look();
