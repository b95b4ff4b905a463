import { useQuery } from "@tanstack/react-query";
import { api, must, type Shape, setCsrf } from "../api/client";

export type Session = Shape<"SessionShape">;
const rank = { viewer: 0, analyst: 1, admin: 2 };

export async function askSession(): Promise<Session> {
  const session = await must(api.GET("/api/session"));
  setCsrf(session.csrf ?? "");
  return session;
}

/** Who is signed in. */
export function useSession() {
  return useQuery({
    queryKey: ["session"],
    queryFn: askSession,
    staleTime: 300_000,
    // Without it there is no page: it is asked for until the server answers.
    refetchInterval: ({ state }) => (state.status === "error" ? 4000 : false),
  });
}

/** Whether the person may do what this role may; a site without accounts lets everybody do everything. */
export function may(session: Session | undefined, role: Shape<"PersonShape">["role"]): boolean {
  if (!session) return false;
  if (!session.accounts) return true;
  return session.role != null && rank[session.role] >= rank[role];
}

export function useMay(role: Shape<"PersonShape">["role"]): boolean {
  return may(useSession().data, role);
}

/** Whom a link to a page here serves, as a sentence. */
export function useLinkReach(): string {
  return useSession().data?.accounts
    ? "It opens for anyone of your team who can sign in."
    : "It opens on this computer; others reach this server only when it has accounts.";
}
