import type { Character } from "../client";
import { Avatar } from "./Avatar";

export function TypingDots({ character }: { character: Character }) {
  return (
    <div className="row row-character" role="status">
      <Avatar id={character.id} name={character.name} />
      <p className="bubble typing">
        <span className="visually-hidden">{character.name} is typing</span>
        <i />
        <i />
        <i />
      </p>
    </div>
  );
}
