import { useEffect } from "react";

import type { Character, User } from "../client";
import { ACCOUNT, ADMINISTRATION, addressOf } from "../route";
import { AdultSwitch } from "./AdultSwitch";
import { CharacterCard } from "./CharacterCard";
import { KeepsakeIcon, PersonIcon } from "./icons";

interface Props {
  characters: Character[];
  user: User;
  onSignOut?: () => void;
  isAdult: boolean;
  onAdult: (isAdult: boolean) => void;
}

export function CharacterPicker(props: Props) {
  const { characters, user, onSignOut, isAdult, onAdult } = props;
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
        <a
          className="link link-account"
          href={addressOf({ characterId: ACCOUNT })}
          aria-label={`${user.displayName}: your account and your data`}
        >
          <PersonIcon />
          <span>{user.displayName}</span>
        </a>
        {onSignOut && (
          <button type="button" className="link" onClick={onSignOut}>
            Sign out
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
    </main>
  );
}
