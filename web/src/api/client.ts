import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";

/** Any shape of the API by name: `Shape<"RunFull">`. */
export type Shape<Name extends keyof components["schemas"]> = components["schemas"][Name];
export type Problem = Shape<"ProblemShape">;

/** An answer that says no: every problem has what, fix, block and port. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problems: Problem[],
  ) {
    super(problems.map(sentence).join("\n") || `the server answered ${status}`);
  }
}

/** `what; fix` as one sentence for people. */
export function sentence(problem: Pick<Problem, "what" | "fix">): string {
  return problem.fix ? `${problem.what}; ${problem.fix}` : problem.what;
}

let csrf = "";

/** The token that the session's answer gave; sent with everything that changes something. */
export function setCsrf(token: string): void {
  csrf = token;
}

export function csrfHeaders(): Record<string, string> {
  return csrf ? { "x-csrf-token": csrf } : {};
}

const middleware: Middleware = {
  onRequest({ request }) {
    if (csrf) request.headers.set("x-csrf-token", csrf);
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw new ApiError(response.status, await problemsOf(response));
    return response;
  },
};

/** The problems that a refusing answer tells. */
export async function problemsOf(response: Response): Promise<Problem[]> {
  try {
    const body = (await response.clone().json()) as { problems?: Problem[] };
    if (body.problems?.length) return body.problems;
  } catch {
    // No JSON: a proxy, or nothing at all.
  }
  return [{ what: `the server answered ${response.status}`, fix: "try again", block: null, port: null }];
}

// `fetch` is looked up at each call, so that tests can put their own in its place.
export const api = createClient<paths>({ baseUrl: window.location.origin, fetch: (request) => fetch(request) });
api.use(middleware);

/** openapi-fetch's types forget that an array has two entries; only a graph's `layout` has such. */
type Whole<T> = T extends (infer Item)[]
  ? Whole<Item>[]
  : T extends object
    ? { [Key in keyof T]: Key extends "layout" ? Record<string, [number, number]> : Whole<T[Key]> }
    : T;

/** The data of an answer; problems arrive as `ApiError` already. */
export async function must<T>(answer: Promise<{ data?: T }>): Promise<Whole<T>> {
  const { data } = await answer;
  return data as Whole<T>;
}
