import type { Chat } from "../chat";
import { type Entry, mayBeReported } from "../chatEntries";
import type { Character, KeepsakeClient } from "../client";
import { timeOf } from "../when";
import { Avatar } from "./Avatar";
import { MemoriesUsed } from "./MemoriesUsed";
import { MessageText } from "./MessageText";
import { ReplyProblem, SendProblem } from "./MessageProblem";
import { ReplyNotice } from "./ReplyNotice";
import { ReportMessage } from "./ReportMessage";

interface Props {
  client: KeepsakeClient;
  character: Character;
  entry: Entry;
  /** Whether anything can still be said here. */
  mayGoOn: boolean;
  isLast: boolean;
  chat: Chat;
  onEdit: (text: string) => void;
}

export function MessageRow(props: Props) {
  const { client, character, entry, mayGoOn, isLast, chat, onEdit } = props;
  // Before its first word, the typing dots stand for a reply.
  if (entry.state === "streaming" && entry.text === "" && !entry.notice) return null;
  const isOwn = entry.from === "user";
  const time = entry.createdAt ? timeOf(entry.createdAt) : "";
  return (
    <article
      className={`row row-${entry.from}`}
      aria-label={`${isOwn ? "You" : character.name}${time && `, ${time}`}`}
      aria-busy={entry.state === "streaming"}
    >
      {!isOwn && <Avatar id={character.id} name={character.name} />}
      <div className="row-body">
        {entry.answering && <p className="answering">↳ answering: {entry.answering}</p>}
        {entry.text && (
          <p className={`bubble bubble-${entry.isRefusal ? "refusal" : entry.state}`} dir="auto">
            <MessageText text={entry.text} />
          </p>
        )}
        <ReplyNotice notice={entry.notice} />
        <SendProblem entry={entry} chat={chat} onEdit={onEdit} />
        <ReplyProblem
          entry={entry}
          name={character.name}
          mayGoOn={mayGoOn}
          isLast={isLast}
          chat={chat}
        />
        <div className="row-foot">
          {entry.state === "sending" && <span>Sending…</span>}
          {time && entry.state !== "sending" && <time dateTime={entry.createdAt}>{time}</time>}
          {entry.recalled && entry.messageId && entry.state !== "failed" && (
            <MemoriesUsed
              client={client}
              name={character.name}
              messageId={entry.messageId}
              recalled={entry.recalled}
            />
          )}
          {mayBeReported(entry) && <ReportMessage client={client} messageId={entry.messageId} />}
        </div>
      </div>
    </article>
  );
}
