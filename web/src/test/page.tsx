import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { type RenderResult, render } from "@testing-library/react";
import type { ReactElement } from "react";
import { MemoryRouter, Route, Routes } from "react-router";
import { vi } from "vitest";
import { makeQueryClient } from "../shared/queries";
import { theme } from "../theme";

export type Asked = { method: string; path: string; query: URLSearchParams; body: unknown };
type Answer = unknown | ((asked: Asked) => unknown);

/** An answer with another status: `refusal(409, "the name is taken", "choose another")`. */
export function refusal(status: number, what: string, fix = ""): Response {
  return Response.json({ problems: [{ what, fix, block: null, port: null }] }, { status });
}

/** Puts a server in fetch's place: `serve({"GET /api/videos": page([])})`; returns what was asked, oldest first. */
export function serve(answers: Record<string, Answer>): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const request =
      input instanceof Request ? input : new Request(new URL(String(input), window.location.origin), init);
    const url = new URL(request.url);
    const text = await request.clone().text();
    const call = { method: request.method, path: url.pathname, query: url.searchParams, body: parsed(text) };
    asked.push(call);
    const key = `${call.method} ${call.path}`;
    if (!(key in answers)) return refusal(404, `no answer is set for ${key}`);
    const answer = answers[key];
    const made = typeof answer === "function" ? (answer as (asked: Asked) => unknown)(call) : answer;
    return made instanceof Response ? made.clone() : Response.json(made);
  });
  return asked;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** One page of a list. */
export function page<T>(items: T[], next = ""): { items: T[]; next: string; total: number } {
  return { items, next, total: items.length };
}

/** The session of a site without accounts. */
export const session = {
  signed_in: true,
  accounts: false,
  name: "",
  role: null,
  first: false,
  csrf: "token",
  oidc: "",
};

/** Shows a page with all that is around it; `at` is the address, `path` the route's pattern. */
export function show(element: ReactElement, { at = "/", path = "*" } = {}): RenderResult {
  return render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={makeQueryClient()}>
        <Notifications />
        <MemoryRouter initialEntries={[at]}>
          <Routes>
            <Route path={path} element={element} />
            <Route path="*" element={<div data-testid="elsewhere" />} />
          </Routes>
        </MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>,
  );
}
