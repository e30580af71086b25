import { useId, useState } from "react";

import type { Entry } from "../chatEntries";
import type { KeepsakeClient } from "../client";
import { useReplyContext } from "../useReplyContext";
import { ChevronIcon, KeepsakeIcon } from "./icons";
import { UsedMemory } from "./UsedMemory";

type Recalled = NonNullable<Entry["recalled"]>;

interface Props {
  client: KeepsakeClient;
  name: string;
  messageId: string;
  recalled: Recalled;
}

/** Which memories a reply was given: a number to see, a list to open. */
export function MemoriesUsed({ client, name, messageId, recalled }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const listId = useId();
  const { context, problem } = useReplyContext(client, messageId, isOpen);
  return (
    <>
      <button
        type="button"
        className={recalled.count ? "memories-toggle" : "memories-toggle memories-none"}
        aria-expanded={isOpen}
        aria-controls={listId}
        onClick={() => setIsOpen(!isOpen)}
      >
        <KeepsakeIcon />
        {headline(recalled)}
        <ChevronIcon />
      </button>
      <div id={listId} className="memories" role="region" aria-label="Memories used" hidden={!isOpen}>
        {problem && <p className="quiet">{problem}</p>}
        {!problem && <p className="quiet">{explanation(recalled, name)}</p>}
        {!problem && !context && <p className="quiet">Looking…</p>}
        <ul>
          {context?.activeMemories.map((memory) => (
            <UsedMemory key={memory.memoryId} memory={memory} />
          ))}
        </ul>
      </div>
    </>
  );
}

function headline({ count, recall }: Recalled): string {
  if (count === 1) return "1 memory used";
  if (count > 1) return `${count} memories used`;
  return recall === "ok" || recall === "empty" ? "No memories used" : "Written without memory";
}

function explanation({ count, recall }: Recalled, name: string): string {
  if (recall === "unavailable") return "The memory could not be reached when this was written.";
  if (recall === "late") return "The memory took too long when this was written.";
  return count ? `${name} had this in mind:` : `Nothing that ${name} remembers fitted.`;
}
