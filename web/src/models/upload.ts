/** Sending a network's file with progress, which `fetch` cannot tell. */

import { ApiError, csrfHeaders, type Problem } from "../api/client";
import type { Draft } from "./wizard";

type Sent = { promise: Promise<Draft>; stop: () => void };

export function sendNetwork(file: File, onProgress: (fraction: number) => void): Sent {
  const request = new XMLHttpRequest();
  const promise = new Promise<Draft>((resolve, reject) => {
    request.open("POST", "/api/drafts");
    for (const [name, value] of Object.entries(csrfHeaders())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText) as Draft);
      else reject(new ApiError(request.status, refusal(request.status, request.responseText)));
    };
    request.onerror = () => reject(new TypeError("the connection was lost"));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    const form = new FormData();
    form.append("file", file);
    request.send(form);
  });
  return { promise, stop: () => request.abort() };
}

function refusal(status: number, text: string): Problem[] {
  try {
    const { problems } = JSON.parse(text) as { problems?: Problem[] };
    if (problems?.length) return problems;
  } catch {
    // No JSON: a proxy in between.
  }
  return [{ what: `the server answered ${status}`, fix: "try again", block: null, port: null }];
}

/** Why a file cannot be a network, before it is sent; null if it may be one. */
export function refused(file: Pick<File, "name" | "size">): string | null {
  if (!/\.(onnx|tflite)$/i.test(file.name))
    return `${file.name} is neither an .onnx nor a .tflite file; export the network to one of them`;
  return file.size ? null : `${file.name} is empty`;
}
