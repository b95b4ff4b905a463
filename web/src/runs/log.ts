/** A run's log, line after line. */

import { useEffect, useState } from "react";
import { api, must, type Shape } from "../api/client";

export type LogLine = Shape<"LogLine">;

// The newest lines; the whole log of a long run would fill the page's memory.
export const MOST_LINES = 2000;
const AT_ONCE = 200;
const EVERY_MS = 2000;

/** The lines with new ones behind them: each once, in order, the newest ones kept. */
export function joined(lines: LogLine[], more: LogLine[]): LogLine[] {
  const last = lines.at(-1)?.id ?? 0;
  const fresh = more.filter((line) => line.id > last);
  return fresh.length ? [...lines, ...fresh].slice(-MOST_LINES) : lines;
}

/** The lines so far, asked for again while the run goes on. */
export function useLog(id: string, going: boolean): LogLine[] {
  const [lines, setLines] = useState<LogLine[]>([]);
  useEffect(() => {
    let current = true;
    let timer: ReturnType<typeof setTimeout>;
    let after = 0;
    const ask = async () => {
      const query = { after, limit: AT_ONCE };
      const more = await must(api.GET("/api/runs/{run_id}/log", { params: { path: { run_id: id }, query } })).catch(
        () => [],
      );
      if (!current) return;
      after = Math.max(after, more.at(-1)?.id ?? 0);
      // The list of an earlier round holds the same first lines: `joined` takes each once.
      setLines((old) => joined(old, more));
      if (more.length === AT_ONCE) void ask();
      else if (going) timer = setTimeout(() => void ask(), EVERY_MS);
    };
    void ask();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [id, going]);
  return lines;
}
