/** The wizard's memory: the draft on the server, the card as it is being written, and what is wrong with it. */

import { useState } from "react";
import type { Problem } from "../api/client";
import { type Card, type Draft, fieldAt, problemOf, withField } from "./wizard";

export type Wizard = ReturnType<typeof useWizard>;

export function useWizard() {
  const [step, setStep] = useState(0);
  const [draft, setDraft] = useState<Draft | null>(null);
  const [card, setCard] = useState<Card>({});
  const [problems, setProblems] = useState<Problem[]>([]);
  const change = (next: Card, ...paths: string[]) => {
    setCard(next);
    // What was wrong with a field is no longer known once it is changed.
    setProblems((old) => old.filter((problem) => !paths.some((path) => problemOf([problem], path))));
  };
  return {
    step,
    setStep,
    draft,
    card,
    problems,
    setProblems,
    change,
    /** A draft's card after an upload, or as the server keeps it. */
    take(next: Draft) {
      setDraft(next);
      setCard(next.card);
      setProblems([]);
    },
    value: (path: string) => fieldAt(card, path),
    text: (path: string) => String(fieldAt(card, path) ?? ""),
    error: (path: string) => problemOf(problems, path),
    set: (path: string, value: unknown) => change(withField(card, path, value), path),
  };
}
