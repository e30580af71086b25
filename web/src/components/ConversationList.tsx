import type { Conversation } from "../client";
import { addressOf } from "../route";
import type { Conversations } from "../useConversations";
import { briefly } from "../when";
import { ShowMore } from "./ShowMore";

interface Props {
  characterId: string;
  conversations: Conversations;
  currentId?: string;
  onChosen: () => void;
}

export function ConversationList({ characterId, conversations, currentId, onChosen }: Props) {
  const { list, hasMore, loadMore } = conversations;
  if (!list) return <p className="quiet">Loading conversations…</p>;
  return (
    <nav className="conversations" aria-label="Conversations">
      <ul>
        {list.map((conversation) => (
          <li key={conversation.id}>
            <a
              href={addressOf({ characterId, conversationId: conversation.id })}
              aria-current={conversation.id === currentId ? "page" : undefined}
              onClick={onChosen}
            >
              <span className="conversation-title">
                {conversation.title || "New conversation"}
              </span>
              <time dateTime={lastTime(conversation)}>{briefly(lastTime(conversation))}</time>
            </a>
          </li>
        ))}
      </ul>
      {hasMore && <ShowMore onMore={loadMore} />}
    </nav>
  );
}

function lastTime({ lastMessageAt, createdAt }: Conversation): string {
  return lastMessageAt ?? createdAt;
}
