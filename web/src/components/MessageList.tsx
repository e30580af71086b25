import { Fragment } from "react";

import type { Entry } from "../chatEntries";
import type { Character, KeepsakeClient } from "../client";
import type { ChatView } from "../useChat";
import { useStickyScroll } from "../useStickyScroll";
import { dayOf } from "../when";
import { EmptyChat } from "./EmptyChat";
import { DownIcon } from "./icons";
import { MessageRow } from "./MessageRow";
import { TypingDots } from "./TypingDots";

interface Props {
  client: KeepsakeClient;
  character: Character;
  view: ChatView;
  /** Whether anything can still be said here. */
  mayGoOn: boolean;
  /** Puts a text back into the composer. */
  onEdit: (text: string) => void;
}

export function MessageList({ client, character, view, mayGoOn, onEdit }: Props) {
  const { entries, chat } = view;
  const scroll = useStickyScroll(entries);
  const hasText = entries.some((entry) => entry.state === "streaming" && entry.text !== "");
  return (
    <div className="scroller" ref={scroll.scroller} onScroll={scroll.onScroll}>
      <div
        ref={scroll.content}
        className="messages"
        role="log"
        aria-live="off"
        aria-label={`Conversation with ${character.name}`}
      >
        {view.hasOlder && (
          <button type="button" className="link" onClick={() => void chat.loadOlder()}>
            Earlier messages
          </button>
        )}
        {view.isLoaded && entries.length === 0 && mayGoOn && (
          <EmptyChat character={character} onPick={onEdit} />
        )}
        {entries.map((entry, position) => (
          <Fragment key={entry.key}>
            <DayMark entry={entry} previous={entries[position - 1]} />
            <MessageRow
              client={client}
              character={character}
              entry={entry}
              mayGoOn={mayGoOn}
              isLast={position === entries.length - 1}
              chat={chat}
              onEdit={onEdit}
            />
          </Fragment>
        ))}
        {view.isAnswering && !hasText && <TypingDots character={character} />}
      </div>
      {!scroll.isAtEnd && <ToEnd onClick={scroll.toEnd} />}
    </div>
  );
}

function ToEnd({ onClick }: { onClick: () => void }) {
  return (
    <button
      type="button"
      className="icon-button to-end"
      aria-label="Jump to the newest message"
      onClick={onClick}
    >
      <DownIcon />
    </button>
  );
}

function DayMark({ entry, previous }: { entry: Entry; previous?: Entry }) {
  if (!entry.createdAt) return null;
  const day = dayOf(entry.createdAt);
  if (previous?.createdAt && dayOf(previous.createdAt) === day) return null;
  return <p className="day">{day}</p>;
}
