import type { Character } from "../client";
import { Avatar } from "./Avatar";
import { KeepsakeIcon, MenuIcon } from "./icons";

interface Props {
  character: Character;
  isAnswering: boolean;
  isMemoryOpen: boolean;
  onToggleMemory: () => void;
  onOpenList: () => void;
}

export function ChatHeader(props: Props) {
  const { character, isAnswering, isMemoryOpen, onToggleMemory, onOpenList } = props;
  const traits = character.personality.traits?.slice(0, 3).join(", ");
  return (
    <header className="chat-header">
      <button
        type="button"
        className="icon-button only-narrow"
        aria-label="Conversations"
        onClick={onOpenList}
      >
        <MenuIcon />
      </button>
      <Avatar id={character.id} name={character.name} />
      <div className="chat-who">
        <h1>{character.name}</h1>
        <p className="quiet">{isAnswering ? "typing…" : traits}</p>
      </div>
      <button
        type="button"
        className="button button-memory"
        aria-label={`What ${character.name} remembers`}
        aria-expanded={isMemoryOpen}
        onClick={onToggleMemory}
      >
        <KeepsakeIcon />
        <span className="only-wide">Memory</span>
      </button>
    </header>
  );
}
