/** Turns the state of a conversation into the lines that the page shows, in order. */

import { type ChatState, type Draft, draftText, type Outgoing } from "./chatState";
import type { Message, Notice, Problem, RecallOutcome } from "./client";

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
  /** RFC 3339: when an unsent message may be sent again. */
  retryAt?: string;
  /** Of a reply that doesn't stand right below the message it answers: how that one begins. */
  answering?: string;
  /** Of a stored reply: what it was made from, told in full by its context. */
  recalled?: { count: number; recall: RecallOutcome };
  /** What Keepsake, not the character, has to say beside a reply. */
  notice?: Notice;
  /** Content policy speaks in the character's place. */
  isRefusal?: boolean;
}

/** How much of the answered message a reply quotes, in characters. */
const QUOTE_LENGTH = 60;

/** Errors that the same text meets every time. */
const HOPELESS = new Set(["message_too_long", "invalid_request"]);

/**
 * Stored messages by seq, unsent ones where they failed among them; then own messages on their
 * way, then replies being written. Deleted messages only keep the seqs without gaps.
 */
export function entriesOf(state: ChatState): Entry[] {
  const { outgoing } = state;
  const messages = state.messages.filter(({ deletedAt }) => !deletedAt);
  const drafts = new Map(state.drafts.map((draft) => [draft.messageId, draft]));
  const byId = new Map(messages.map((message) => [message.id, message]));
  const stored = messages.map((message, position) => {
    const draft = drafts.get(message.id); // a reply that is being written anew
    const entry = draft ? entryOfDraft(draft) : entryOfMessage(message);
    const answered = message.replyTo ? byId.get(message.replyTo) : undefined;
    const isBelow = !answered || answered === messages[position - 1];
    return isBelow ? entry : { ...entry, answering: quoteOf(answered.content) };
  });
  const unsent = outgoing.filter((one) => one.error);
  const sending = outgoing.filter((one) => !one.error);
  const fresh = state.drafts.filter(({ messageId }) => !byId.has(messageId));
  return [
    ...inPlace(messages, stored, unsent),
    ...sending.map(entryOfOutgoing),
    ...fresh.map(entryOfDraft),
  ];
}

/** Puts each unsent message after the newest message that was held when it failed. */
function inPlace(messages: Message[], stored: Entry[], unsent: Outgoing[]): Entry[] {
  const places = [
    ...messages.map(({ seq }, position) => ({ at: seq, entry: stored[position] })),
    ...unsent.map((one) => ({
      at: (one.afterSeq ?? Number.MAX_SAFE_INTEGER) + 0.5,
      entry: entryOfOutgoing(one),
    })),
  ];
  return places.sort((one, other) => one.at - other.at).flatMap(({ entry }) => entry ?? []);
}

/** Whether the newest reply that names its model came from the built-in demonstration. */
export function isDemonstration(messages: Message[]): boolean {
  const newest = messages.findLast(({ senderType, metadata }) => {
    return senderType === "character" && metadata.model;
  });
  return newest?.metadata.model === "offline";
}

/** Whether sending an unsent message again, as it is, may succeed. */
export function mayBeRetried({ error }: Entry): boolean {
  return !error || !HOPELESS.has(error.code);
}

/** Whether it is a stored message of the character's that says something. */
export function mayBeReported(entry: Entry): entry is Entry & { messageId: string } {
  const { from, messageId, createdAt, text } = entry;
  return from === "character" && Boolean(messageId && createdAt && text);
}

function quoteOf(text: string): string {
  const characters = Array.from(text.replace(/\s+/g, " ").trim());
  if (characters.length <= QUOTE_LENGTH) return characters.join("");
  return `${characters.slice(0, QUOTE_LENGTH).join("")}…`;
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
    recalled: message.metadata.refused ? undefined : recalledFor(message),
    notice: message.metadata.notice,
    isRefusal: Boolean(message.metadata.refused),
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
    retryAt: outgoing.retryAt,
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
    notice: draft.notice,
  };
}
