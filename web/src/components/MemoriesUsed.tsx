import { useId, useState } from "react";

import type { KeepsakeClient, ReplyContext } from "../client";
import { useReplyContext } from "../useReplyContext";
import { ChevronIcon, KeepsakeIcon } from "./icons";
import { UsedMemory } from "./UsedMemory";

interface Props {
  client: KeepsakeClient;
  name: string;
  messageId: string;
  /** Look the number up at once rather than when opened. */
  isCounted: boolean;
}

/** Which memories a reply was given: a number to see, a list to open. */
export function MemoriesUsed({ client, name, messageId, isCounted }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const listId = useId();
  const { context, problem } = useReplyContext(client, messageId, isOpen || isCounted);
  return (
    <>
      <button
        type="button"
        className="memories-toggle"
        aria-expanded={isOpen}
        aria-controls={listId}
        onClick={() => setIsOpen(!isOpen)}
      >
        <KeepsakeIcon />
        {headline(context)}
        <ChevronIcon />
      </button>
      <div id={listId} className="memories" role="region" aria-label="Memories used" hidden={!isOpen}>
        {problem && <p className="quiet">{problem}</p>}
        {!problem && !context && <p className="quiet">Looking…</p>}
        {context && <p className="quiet">{explanation(context, name)}</p>}
        <ul>
          {context?.activeMemories.map((memory) => (
            <UsedMemory key={memory.memoryId} memory={memory} />
          ))}
        </ul>
      </div>
    </>
  );
}

function headline(context?: ReplyContext): string {
  if (!context) return "Memories used";
  const count = context.activeMemories.length;
  if (count === 1) return "1 memory used";
  if (count > 1) return `${count} memories used`;
  return context.recall === "ok" || context.recall === "empty"
    ? "No memories used"
    : "Written without memory";
}

function explanation({ recall, activeMemories }: ReplyContext, name: string): string {
  if (recall === "unavailable") return "The memory could not be reached when this was written.";
  if (recall === "late") return "The memory took too long when this was written.";
  if (activeMemories.length === 0) return `Nothing that ${name} remembers fitted.`;
  return `${name} had this in mind:`;
}
