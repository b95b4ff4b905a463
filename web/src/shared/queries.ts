import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "../api/client";

/** Whether asking again can help: not when the server has said no. */
export function worthAnotherTry(count: number, problem: Error): boolean {
  return count < 2 && !(problem instanceof ApiError && problem.status < 500);
}

/** The page's memory of the server's answers. A 401 anywhere makes it ask who is signed in, and so leads to sign-in. */
export function makeQueryClient(): QueryClient {
  const onError = (problem: Error) => {
    if (problem instanceof ApiError && problem.status === 401) client.invalidateQueries({ queryKey: ["session"] });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (problem, query) => query.queryKey[0] !== "session" && onError(problem),
    }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: { queries: { retry: worthAnotherTry, staleTime: 15_000, refetchOnWindowFocus: false } },
  });
  return client;
}

export const queryClient = makeQueryClient();
