import type { Relationship } from "../client";
import { Meter } from "./Meter";

interface Props {
  relationship: Relationship;
  name: string;
}

export function RelationshipCard({ relationship, name }: Props) {
  const { level, trust, intimacy, stage, totalInteractions } = relationship;
  const measures = [
    ["Closeness", level],
    ["Trust", trust],
    ["Intimacy", intimacy],
  ] as const;
  return (
    <section className="relationship" aria-label={`You and ${name}`}>
      <h3>
        You and {name} <span className="tag">{stage.replaceAll("_", " ")}</span>
      </h3>
      <ul>
        {measures.map(([label, value]) => (
          <li key={label}>
            <span>{label}</span>
            <Meter label={label} value={Math.round(value)} />
            <span className="number">{Math.round(value)}</span>
          </li>
        ))}
      </ul>
      <p className="quiet">
        {totalInteractions === 1 ? "1 exchange" : `${totalInteractions} exchanges`} so far
      </p>
    </section>
  );
}
