import { useState } from "react";

import type { RememberedItem } from "../client";
import { briefly } from "../when";
import { MessageText } from "./MessageText";

interface Props {
  item: RememberedItem;
  /** Learned just now. */
  isNew: boolean;
  onForget: (memoryId: string) => Promise<void>;
}

/** One remembered thing, which can be forgotten after a second thought. */
export function Remembered({ item, isNew, onForget }: Props) {
  const [step, setStep] = useState<"kept" | "asking" | "forgetting">("kept");
  const forget = async () => {
    setStep("forgetting");
    await onForget(item.id);
    setStep("kept"); // still here only if it failed
  };
  return (
    <li className="remembered" aria-busy={step === "forgetting"}>
      <p>
        {isNew && item.kind !== "episode" && <span className="tag">New</span>}{" "}
        <MessageText text={sentence(item)} />
      </p>
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

/** Facts and summaries stand for themselves; what was said word for word names its speaker. */
function sentence({ kind, content, about, aboutName }: RememberedItem): string {
  if (kind !== "episode") return content;
  return `${about === "user" ? "You" : aboutName}: “${content}”`;
}

function history({ firstMentioned, reinforcementCount, pinned }: RememberedItem): string {
  const since = `since ${briefly(firstMentioned)}`;
  const repeats = reinforcementCount > 1 ? ` · came up ${reinforcementCount} times` : "";
  return `${pinned ? "pinned · " : ""}${since}${repeats}`;
}
