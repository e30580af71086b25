import type { ActiveMemory } from "../client";
import { kindLabel } from "../usedMemories";
import { briefly, timeOfId } from "../when";
import { MessageText } from "./MessageText";
import { Meter } from "./Meter";

/** One memory that a reply was given: what, of which kind, how well it fitted, since when. */
export function UsedMemory({ memory }: { memory: ActiveMemory }) {
  const since = timeSaid(memory);
  return (
    <li className="used-memory">
      <p>
        <MessageText text={memory.content} />
      </p>
      <div className="used-memory-facts">
        <span className="tag">{kindLabel(memory)}</span>
        {memory.relevance > 0 && (
          <Meter label="Relevance" value={Math.round(memory.relevance * 100)} />
        )}
        {since && <time dateTime={since}>said {briefly(since)}</time>}
      </div>
    </li>
  );
}

/** Ids of messages hold their time, where the context itself doesn't say. */
function timeSaid({ mentionTime, sourceMessageIds, memoryId }: ActiveMemory): string | null {
  return mentionTime ?? timeOfId(sourceMessageIds?.[0] ?? memoryId);
}
