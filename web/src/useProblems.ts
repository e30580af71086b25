import { useCallback, useState } from "react";

import { sentenceOf } from "./client";

export interface ShownProblem {
  id: number;
  sentence: string;
}

export interface Problems {
  shown: ShownProblem[];
  report: (error: unknown) => void;
  dismiss: (id: number) => void;
}

const SHOWN_AT_ONCE = 3;
let lastId = 0;

/** The problems that a person should see now; one sentence is never shown twice at once. */
export function useProblems(): Problems {
  const [shown, setShown] = useState<ShownProblem[]>([]);
  const report = useCallback((error: unknown) => {
    const sentence = sentenceOf(error);
    const problem = { id: ++lastId, sentence };
    setShown((known) =>
      known.some((one) => one.sentence === sentence)
        ? known
        : [...known, problem].slice(-SHOWN_AT_ONCE),
    );
  }, []);
  const dismiss = useCallback((id: number) => {
    setShown((known) => known.filter((problem) => problem.id !== id));
  }, []);
  return { shown, report, dismiss };
}
