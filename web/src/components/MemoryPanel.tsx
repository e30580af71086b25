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
        <RememberedGroup key={heading} heading={heading} items={items} onForget={forget} />
      ))}
      <RememberedGroup heading="From your talks" items={recent} onForget={forget} />
      {memory?.nextCursor && (
        <button type="button" className="link" onClick={loadMore}>
          Show more
        </button>
      )}
    </div>
  );
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
