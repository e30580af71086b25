import type { Chat } from "../chat";
import { type Entry, mayBeRetried } from "../chatEntries";
import { KeepsakeError, sentenceOf, withoutWait } from "../client";
import { useSecondsUntil } from "../useSecondsUntil";

interface SendProps {
  entry: Entry;
  chat: Chat;
  onEdit: (text: string) => void;
}

/** An own message that was not sent: why, and what can be done with its text. */
export function SendProblem({ entry, chat, onEdit }: SendProps) {
  const { clientMessageId, error, retryAt } = entry;
  if (entry.state !== "unsent" || !clientMessageId || !error) return null;
  return (
    <div className="problem">
      {/* The countdown stands outside, or a screen reader would read every second aloud. */}
      <p role="alert">Not sent. {retryAt ? withoutWait(error.message) : error.message}</p>
      {mayBeRetried(entry) && (
        <RetryButton retryAt={retryAt} onClick={() => chat.retry(clientMessageId)} />
      )}
      <button type="button" className="link" onClick={() => onEdit(chat.withdraw(clientMessageId))}>
        Edit
      </button>
      <button type="button" className="link" onClick={() => chat.withdraw(clientMessageId)}>
        Discard
      </button>
    </div>
  );
}

/** Counts down to the time from which sending again may succeed, then can be pressed. */
function RetryButton({ retryAt, onClick }: { retryAt?: string; onClick: () => void }) {
  const seconds = useSecondsUntil(retryAt);
  return (
    <button type="button" className="link" disabled={seconds > 0} onClick={onClick}>
      {seconds > 0 ? `Try again in ${seconds} s` : "Try again"}
    </button>
  );
}

interface ReplyProps {
  entry: Entry;
  name: string;
  mayGoOn: boolean;
  isLast: boolean;
  chat: Chat;
}

/** A reply that failed or was stopped, and a way to ask for it again. */
export function ReplyProblem({ entry, name, mayGoOn, isLast, chat }: ReplyProps) {
  const { state, messageId, error } = entry;
  const hasFailed = state === "failed";
  if (!messageId || !(hasFailed || (state === "interrupted" && isLast))) return null;
  const failure = error
    ? sentenceOf(KeepsakeError.fromProblem(error))
    : `${name} could not answer.`;
  return (
    <div className={hasFailed ? "problem" : "problem problem-mild"}>
      <p>{hasFailed ? failure : "Stopped."}</p>
      {mayGoOn && (
        <button type="button" className="link" onClick={() => void chat.regenerate(messageId)}>
          Try again
        </button>
      )}
    </div>
  );
}
