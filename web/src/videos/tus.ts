import { type DetailedError, Upload } from "tus-js-client";
import { csrfHeaders, type Problem, sentence } from "../api/client";
import type { Chosen } from "./chosen";

/** What an upload tells while it goes. `lost` means that trying again later may help. */
export type Hooks = {
  onProgress: (sent: number) => void;
  onDone: () => void;
  onFailed: (problem: string, lost: boolean) => void;
};
export type Handle = { pause: () => void; resume: () => void; cancel: () => void };
export type Start = (chosen: Chosen, hooks: Hooks) => Handle;

// Big enough that the requests cost nothing, small enough that a proxy's limits are met.
const CHUNK = 16 * 1024 * 1024;

/** Sends one file by the tus protocol; what an earlier visit had sent already is not sent again. */
export const startTus: Start = ({ file, folder, dataset }, hooks) => {
  let wanted = true;
  const upload = new Upload(file, {
    endpoint: `${window.location.origin}/api/${dataset === undefined ? "uploads" : "datasets/uploads"}`,
    chunkSize: CHUNK,
    retryDelays: [0, 1000, 2000, 4000],
    metadata: { filename: file.name, filetype: file.type, ...(dataset === undefined ? { folder } : { name: dataset }) },
    removeFingerprintOnSuccess: true,
    onBeforeRequest: (request) => {
      for (const [name, value] of Object.entries(csrfHeaders())) request.setHeader(name, value);
    },
    onProgress: hooks.onProgress,
    onSuccess: () => hooks.onDone(),
    onError: (error) => wanted && hooks.onFailed(...failure(error)),
  });
  const begin = async () => {
    wanted = true;
    if (!upload.url) {
      const [before] = await upload.findPreviousUploads();
      if (before) upload.resumeFromPreviousUpload(before);
    }
    if (wanted) upload.start();
  };
  const stop = (forGood: boolean) => {
    wanted = false;
    // A server that is away forgets half an upload by itself after a while.
    upload.abort(forGood).catch(() => {});
  };
  void begin();
  return { pause: () => stop(false), resume: () => void begin(), cancel: () => stop(true) };
};

/** What to tell of an error, and whether it is only the connection. */
export function failure(error: Error | DetailedError): [problem: string, lost: boolean] {
  const answer = "originalResponse" in error ? error.originalResponse : null;
  if (!answer?.getStatus()) return ["The connection is lost; the upload goes on when it is back", true];
  const status = answer.getStatus();
  if (status >= 500 && status !== 507) return ["The server is busy; the upload goes on in a moment", true];
  return [said(answer.getBody()) || `The server refused the file (${status})`, false];
}

function said(body: string): string {
  try {
    const { problems } = JSON.parse(body) as { problems?: Problem[] };
    return (problems ?? []).map(sentence).join(" ");
  } catch {
    return "";
  }
}
