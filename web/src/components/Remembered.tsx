import { useState } from "react";

import type { RememberedItem } from "../client";
import { briefly } from "../when";

interface Props {
  item: RememberedItem;
  onForget: (memoryId: string) => Promise<void>;
}

/** One remembered thing, which can be forgotten after a second thought. */
export function Remembered({ item, onForget }: Props) {
  const [step, setStep] = useState<"kept" | "asking" | "forgetting">("kept");
  const forget = async () => {
    setStep("forgetting");
    await onForget(item.id);
    setStep("kept"); // still here only if it failed
  };
  return (
    <li className="remembered" aria-busy={step === "forgetting"}>
      <p>{item.content}</p>
      <div className="remembered-foot">
        <span className="quiet">{history(item)}</span>
        {step === "kept" && (
          <button
            type="button"
            className="link"
            aria-label={`Forget: ${item.content}`}
            onClick={() => setStep("asking")}
          >
            Forget
          </button>
        )}
        {step !== "kept" && (
          <span className="confirm" role="group" aria-label="Forget this for good?">
            <button
              type="button"
              className="link link-danger"
              autoFocus
              disabled={step === "forgetting"}
              onClick={() => void forget()}
            >
              Forget for good
            </button>
            <button type="button" className="link" onClick={() => setStep("kept")}>
              Keep
            </button>
          </span>
        )}
      </div>
    </li>
  );
}

function history({ firstMentioned, reinforcementCount, pinned }: RememberedItem): string {
  const since = `since ${briefly(firstMentioned)}`;
  const repeats = reinforcementCount > 1 ? ` · came up ${reinforcementCount} times` : "";
  return `${pinned ? "pinned · " : ""}${since}${repeats}`;
}
