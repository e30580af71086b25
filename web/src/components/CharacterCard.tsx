import { coloursOf } from "../appearance";
import type { Character } from "../client";
import { addressOf } from "../route";
import { Avatar } from "./Avatar";
import { MessageText } from "./MessageText";

const TRAITS_SHOWN = 4;

export function CharacterCard({ character }: { character: Character }) {
  const { id, name, age, description, personality, greeting } = character;
  return (
    <li className="card" style={coloursOf(id)}>
      <Avatar id={id} name={name} size="large" />
      <h2>
        {/* The link covers the whole card. */}
        <a href={addressOf({ characterId: id })} aria-label={`Talk to ${name}`}>
          {name}
        </a>
        {age !== null && <span className="card-age">{age}</span>}
      </h2>
      <p className="card-description">{description}</p>
      {greeting && (
        <p className="card-greeting">
          <MessageText text={greeting} />
        </p>
      )}
      <ul className="chips" aria-label="Traits">
        {(personality.traits ?? []).slice(0, TRAITS_SHOWN).map((trait) => (
          <li key={trait}>{trait}</li>
        ))}
      </ul>
    </li>
  );
}
