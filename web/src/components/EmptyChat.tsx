import type { Character } from "../client";
import { Avatar } from "./Avatar";
import { MessageText } from "./MessageText";

const FIRST_LINES = ["Hi! My dog is called Biscuit.", "What do you remember about me?"];

interface Props {
  character: Character;
  /** Puts a first line into the composer. */
  onPick: (text: string) => void;
}

export function EmptyChat({ character, onPick }: Props) {
  const { id, name, greeting } = character;
  return (
    <div className="empty">
      <Avatar id={id} name={name} size="large" />
      {greeting && (
        <blockquote>
          <MessageText text={greeting} />
        </blockquote>
      )}
      <p className="quiet">
        Tell {name} something about you. Start a new conversation; {name} still remembers.
      </p>
      <div className="first-lines">
        {FIRST_LINES.map((line) => (
          <button key={line} type="button" className="button" onClick={() => onPick(line)}>
            {line}
          </button>
        ))}
      </div>
    </div>
  );
}
