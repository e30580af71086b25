import { useId, useState } from "react";

import type { Entry } from "../chatEntries";
import type { ActiveMemory, KeepsakeClient } from "../client";
import { groupsOf } from "../usedMemories";
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
  const groups = context && groupsOf(context.activeMemories);
  // A reply's own count may include the background; its memories tell the two apart.
  const count = groups ? groups.fitting.length : recalled.count;
  const used = { ...recalled, count };
  return (
    <>
      <button
        type="button"
        className={count ? "memories-toggle" : "memories-toggle memories-none"}
        aria-expanded={isOpen}
        aria-controls={listId}
        onClick={() => setIsOpen(!isOpen)}
      >
        <KeepsakeIcon />
        {headline(used)}
        <ChevronIcon />
      </button>
      <div id={listId} className="memories" role="region" aria-label="Memories used" hidden={!isOpen}>
        {problem && <p className="quiet">{problem}</p>}
        {!problem && <p className="quiet">{explanation(used, name)}</p>}
        {!problem && !context && <p className="quiet">Looking…</p>}
        {groups && <MemoryItems memories={groups.fitting} />}
        {groups && groups.background.length > 0 && (
          <>
            <h3 className="memories-background">Also kept in mind</h3>
            <MemoryItems memories={groups.background} />
          </>
        )}
      </div>
    </>
  );
}

function MemoryItems({ memories }: { memories: ActiveMemory[] }) {
  return (
    <ul>
      {memories.map((memory) => (
        <UsedMemory key={memory.memoryId} memory={memory} />
      ))}
    </ul>
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
