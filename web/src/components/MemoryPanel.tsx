import { useState } from "react";

import type { Character, KeepsakeClient, RememberedItem, User } from "../client";
import { useMemory } from "../useMemory";
import { CloseIcon } from "./icons";
import { RelationshipCard } from "./RelationshipCard";
import { RememberedGroup } from "./RememberedGroup";

interface Props {
  client: KeepsakeClient;
  character: Character;
  user: User;
  onClose: () => void;
  report: (error: unknown) => void;
}

/** Headings in the order shown; a category without one comes under the last. */
const HEADINGS = {
  personal: "About you",
  preference: "What you like",
  relationship: "People and bonds",
  event: "What happened",
  other: "Other things",
};
type Category = keyof typeof HEADINGS;

export function MemoryPanel({ client, character, user, onClose, report }: Props) {
  const { memory, loadMore, forget } = useMemory(client, character.id, user.id, report);
  const facts = memory?.longTermMemory ?? [];
  const recent = memory?.shortTermMemory ?? [];
  const isNew = useNewcomers(memory && [...facts, ...recent]);
  return (
    <div className="memory-panel">
      <header>
        <h2>What {character.name} remembers</h2>
        <button type="button" className="icon-button" aria-label="Close memory" onClick={onClose}>
          <CloseIcon />
        </button>
      </header>
      {memory?.relationship && (
        <RelationshipCard relationship={memory.relationship} name={character.name} />
      )}
      {!memory && <p className="quiet">Looking…</p>}
      {memory && facts.length + recent.length === 0 && (
        <p className="quiet">
          Nothing yet. Tell {character.name} something about you, and it will be kept here.
        </p>
      )}
      {groupsOf(facts).map(([heading, items]) => (
        <RememberedGroup key={heading} heading={heading} items={items} isNew={isNew} onForget={forget} />
      ))}
      <RememberedGroup heading="Lately" items={recent} isNew={isNew} onForget={forget} />
      {memory?.nextCursor && (
        <button type="button" className="link" onClick={loadMore}>
          Show more
        </button>
      )}
    </div>
  );
}

/** Tells what was remembered while the panel was open from what was there before. */
function useNewcomers(items: RememberedItem[] | null): (item: RememberedItem) => boolean {
  const [before, setBefore] = useState<Set<string> | null>(null);
  if (items && !before) setBefore(new Set(items.map(({ id }) => id)));
  return ({ id }) => before !== null && !before.has(id);
}

function groupsOf(facts: RememberedItem[]): [string, RememberedItem[]][] {
  return (Object.keys(HEADINGS) as Category[]).map((category) => [
    HEADINGS[category],
    facts.filter((fact) => categoryOf(fact) === category),
  ]);
}

function categoryOf({ category }: RememberedItem): Category {
  return category in HEADINGS ? (category as Category) : "other";
}
