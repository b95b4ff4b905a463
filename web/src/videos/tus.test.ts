import { expect, it } from "vitest";
import { failure } from "./tus";

function answer(status: number, body = ""): Error {
  const originalResponse = { getStatus: () => status, getBody: () => body };
  return Object.assign(new Error("tus"), { originalResponse, originalRequest: {}, causingError: null });
}

it("takes no answer, and a server that is busy, as something to try again", () => {
  expect(failure(new Error("network"))[1]).toBe(true);
  expect(failure(answer(0))[1]).toBe(true);
  expect(failure(answer(503))[1]).toBe(true);
});

it("says what the server said when it refuses", () => {
  const body = JSON.stringify({ problems: [{ what: "the quota is reached", fix: "delete something" }] });
  expect(failure(answer(507, body))).toEqual(["the quota is reached; delete something", false]);
  expect(failure(answer(413, "<html>"))).toEqual(["The server refused the file (413)", false]);
});
