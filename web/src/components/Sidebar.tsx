import type { Character, KeepsakeClient } from "../client";
import { addressOf } from "../route";
import type { Conversations } from "../useConversations";
import { useSearch } from "../useSearch";
import { Avatar } from "./Avatar";
import { ConversationList } from "./ConversationList";
import { BackIcon, PlusIcon } from "./icons";
import { SearchBox } from "./SearchBox";
import { SearchResults } from "./SearchResults";

interface Props {
  client: KeepsakeClient;
  character: Character;
  conversations: Conversations;
  currentId?: string;
  isStarting: boolean;
  /** Absent where no new conversation can begin. */
  onStart?: () => void;
  onChosen: () => void;
}

export function Sidebar(props: Props) {
  const { character, conversations, currentId, isStarting, onStart, onChosen } = props;
  const search = useSearch(props.client, character.id);
  return (
    <div className="sidebar">
      <a className="back" href={addressOf({})}>
        <BackIcon />
        All characters
      </a>
      <div className="sidebar-who">
        <Avatar id={character.id} name={character.name} size="medium" />
        <p className="name">{character.name}</p>
      </div>
      {onStart && (
        <>
          <button
            type="button"
            className="button button-primary"
            disabled={isStarting}
            onClick={onStart}
          >
            <PlusIcon />
            New conversation
          </button>
          <p className="sidebar-hint">
            Start a new conversation; {character.name} still remembers.
          </p>
        </>
      )}
      <SearchBox name={character.name} words={search.words} onWords={search.setWords} />
      {search.words.trim() ? (
        <SearchResults search={search} onChosen={onChosen} />
      ) : (
        <ConversationList
          characterId={character.id}
          conversations={conversations}
          currentId={currentId}
          onChosen={onChosen}
        />
      )}
    </div>
  );
}
