import type { Chat } from "../chat";
import type { Entry } from "../chatEntries";
import { KeepsakeError, sentenceOf } from "../client";

interface SendProps {
  entry: Entry;
  chat: Chat;
  onEdit: (text: string) => void;
}

/** An own message that was not sent: why, and what can be done with its text. */
export function SendProblem({ entry, chat, onEdit }: SendProps) {
  const { clientMessageId, error } = entry;
  if (entry.state !== "unsent" || !clientMessageId || !error) return null;
  return (
    <div className="problem" role="alert">
      <p>Not sent. {sentenceOf(KeepsakeError.fromProblem(error))}</p>
      <button type="button" className="link" onClick={() => chat.retry(clientMessageId)}>
        Try again
      </button>
      <button type="button" className="link" onClick={() => onEdit(chat.withdraw(clientMessageId))}>
        Edit
      </button>
    </div>
  );
}

interface ReplyProps {
  entry: Entry;
  name: string;
  isLast: boolean;
  chat: Chat;
}

/** A reply that failed or was stopped, and a way to ask for it again. */
export function ReplyProblem({ entry, name, isLast, chat }: ReplyProps) {
  const { state, messageId, error } = entry;
  const hasFailed = state === "failed";
  if (!messageId || !(hasFailed || (state === "interrupted" && isLast))) return null;
  const failure = error
    ? sentenceOf(KeepsakeError.fromProblem(error))
    : `${name} could not answer.`;
  return (
    <div className={hasFailed ? "problem" : "problem problem-mild"}>
      <p>{hasFailed ? failure : "Stopped."}</p>
      <button type="button" className="link" onClick={() => void chat.regenerate(messageId)}>
        Try again
      </button>
    </div>
  );
}
