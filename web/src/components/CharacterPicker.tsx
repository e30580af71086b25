import { useEffect } from "react";

import type { Character, KeepsakeClient, User } from "../client";
import { ADMINISTRATION, addressOf } from "../route";
import { AdultSwitch } from "./AdultSwitch";
import { CharacterCard } from "./CharacterCard";
import { KeepsakeIcon } from "./icons";
import { YourData } from "./YourData";

interface Props {
  client: KeepsakeClient;
  characters: Character[];
  user: User;
  onSignOut?: () => void;
  isAdult: boolean;
  onAdult: (isAdult: boolean) => void;
  onErased: () => void;
}

export function CharacterPicker(props: Props) {
  const { client, characters, user, onSignOut, isAdult, onAdult, onErased } = props;
  useEffect(() => {
    document.title = "Keepsake";
  }, []);
  return (
    <main className="picker">
      <header className="picker-header">
        <p className="brand">
          <span className="brand-mark">
            <KeepsakeIcon />
          </span>
          Keepsake
        </p>
        {user.role === "admin" && (
          <a className="link" href={addressOf({ characterId: ADMINISTRATION })}>
            Administration
          </a>
        )}
        {onSignOut && (
          <button type="button" className="link" onClick={onSignOut}>
            Sign out {user.displayName}
          </button>
        )}
      </header>
      <h1>Who would you like to talk to?</h1>
      <p className="picker-lead">
        What you tell them today, they still know tomorrow — in every new conversation.
      </p>
      {characters.length === 0 && (
        <p className="quiet">There are no characters yet. Add one with POST /api/v1/characters.</p>
      )}
      <ul className="picker-grid">
        {characters.map((character) => (
          <CharacterCard key={character.id} character={character} />
        ))}
      </ul>
      <AdultSwitch isOn={isAdult} onChange={onAdult} />
      <YourData client={client} isLocal={!onSignOut} onErased={onErased} />
    </main>
  );
}
