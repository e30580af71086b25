import type { FoundMessage } from "../client";
import { markedText } from "../markedText";
import { addressOf } from "../route";
import type { Search } from "../useSearch";
import { briefly } from "../when";
import { ShowMore } from "./ShowMore";

interface Props {
  search: Search;
  onChosen: () => void;
}

/** What a search found, newest first, each leading to its conversation. */
export function SearchResults({ search, onChosen }: Props) {
  const { found, hasMore, loadMore, problem } = search;
  return (
    <section className="results" aria-label="Found messages">
      <p className="quiet" role="status">
        {problem || (found ? counted(found.length, hasMore) : "Searching…")}
      </p>
      <ul>
        {found?.map((message) => (
          <li key={message.id}>
            <Result message={message} onChosen={onChosen} />
          </li>
        ))}
      </ul>
      {hasMore && <ShowMore onMore={loadMore} />}
    </section>
  );
}

function Result({ message, onChosen }: { message: FoundMessage; onChosen: () => void }) {
  const { characterId, conversationId, conversationTitle, createdAt } = message;
  return (
    <a href={addressOf({ characterId, conversationId })} onClick={onChosen}>
      <span className="conversation-title">{conversationTitle || "New conversation"}</span>
      <time dateTime={createdAt}>{briefly(createdAt)}</time>
      <span className="result-text">
        {markedText(message.content, message.highlights).map(({ text, isMatch }, position) =>
          isMatch ? <mark key={position}>{text}</mark> : text,
        )}
      </span>
    </a>
  );
}

function counted(count: number, hasMore: boolean): string {
  if (hasMore) return count ? `The newest ${count}` : "Nothing so far. There is more to look through.";
  if (count === 0) return "Nobody said that.";
  return count === 1 ? "1 message" : `${count} messages`;
}
