import { useEffect } from "react";

import type { ShownProblem } from "../useProblems";
import { CloseIcon } from "./icons";

const SHOWN_FOR_MS = 9000;

interface Props {
  problems: ShownProblem[];
  onDismiss: (id: number) => void;
}

export function Toasts({ problems, onDismiss }: Props) {
  return (
    <div className="toasts" role="alert">
      {problems.map((problem) => (
        <Toast key={problem.id} problem={problem} onDismiss={onDismiss} />
      ))}
    </div>
  );
}

function Toast({ problem, onDismiss }: { problem: ShownProblem; onDismiss: Props["onDismiss"] }) {
  useEffect(() => {
    const timer = setTimeout(() => onDismiss(problem.id), SHOWN_FOR_MS);
    return () => clearTimeout(timer);
  }, [problem.id, onDismiss]);
  return (
    <div className="toast">
      <p>{problem.sentence}</p>
      <button
        type="button"
        className="icon-button"
        aria-label="Dismiss"
        onClick={() => onDismiss(problem.id)}
      >
        <CloseIcon />
      </button>
    </div>
  );
}
