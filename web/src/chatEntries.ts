/** Turns the state of a conversation into the lines that the page shows, in order. */

import { type ChatState, type Draft, draftText, type Outgoing } from "./chatState";
import type { Message, Problem, RecallOutcome } from "./client";

export interface Entry {
  /** Stays the same from the first sight of a message to its last. */
  key: string;
  from: "user" | "character";
  text: string;
  state: "sending" | "unsent" | "streaming" | "complete" | "interrupted" | "failed";
  /** RFC 3339; absent while a reply is being written. */
  createdAt?: string;
  /** Of a message that the server knows. */
  messageId?: string;
  clientMessageId?: string;
  /** Why a message was not sent or a reply did not come. */
  error?: Problem;
  /** Of a stored reply: what it was made from, told in full by its context. */
  recalled?: { count: number; recall: RecallOutcome };
}

/** Stored messages by seq, then own messages on their way, then replies being written. */
export function entriesOf(state: ChatState): Entry[] {
  const drafts = new Map(state.drafts.map((draft) => [draft.messageId, draft]));
  const stored = state.messages.map((message) => {
    const draft = drafts.get(message.id); // a reply that is being written anew
    return draft ? entryOfDraft(draft) : entryOfMessage(message);
  });
  const held = new Set(state.messages.map(({ id }) => id));
  const fresh = state.drafts.filter(({ messageId }) => !held.has(messageId)).map(entryOfDraft);
  return [...stored, ...state.outgoing.map(entryOfOutgoing), ...fresh];
}

function entryOfMessage(message: Message): Entry {
  return {
    key: message.clientMessageId ?? message.id,
    from: message.senderType,
    text: message.content,
    state: message.state,
    createdAt: message.createdAt,
    messageId: message.id,
    error: message.metadata.error,
    recalled: recalledFor(message),
  };
}

/** Absent for what was not made from memory: user messages, greetings, imported replies. */
function recalledFor({ metadata }: Message): Entry["recalled"] {
  const { memoriesUsed: count, recall } = metadata;
  return count === undefined || recall === undefined ? undefined : { count, recall };
}

function entryOfOutgoing(outgoing: Outgoing): Entry {
  return {
    key: outgoing.clientMessageId,
    from: "user",
    text: outgoing.content,
    state: outgoing.error ? "unsent" : "sending",
    createdAt: outgoing.createdAt,
    clientMessageId: outgoing.clientMessageId,
    error: outgoing.error,
  };
}

function entryOfDraft(draft: Draft): Entry {
  const states = { running: "streaming", completed: "complete" } as const;
  const { status } = draft;
  return {
    key: draft.messageId,
    from: "character",
    text: draftText(draft),
    state: status === "running" || status === "completed" ? states[status] : status,
    messageId: draft.messageId,
  };
}
