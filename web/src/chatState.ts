/** What is known of one conversation, and how each event changes it. Pure: no clock, no network. */

import type { Delivered, Generation, Message, Notice, Problem, ReplyProgress } from "./client";

/** An own message that the server hasn't confirmed. */
export interface Outgoing {
  clientMessageId: string;
  content: string;
  createdAt: string;
  /** Why it was not sent; absent while it is on its way. */
  error?: Problem;
  /** RFC 3339: when sending it again may succeed, if the server said so. */
  retryAt?: string;
  /** The newest seq held when it failed: its place. Unknown before the first page came. */
  afterSeq?: number;
}

/** A reply as it arrives, before its Message exists. */
export interface Draft {
  messageId: string;
  /** Text that a join handed over, and the index of the last delta in it. */
  base: string;
  baseIndex: number;
  /** Later deltas by their index, in any order of arrival. */
  pieces: Record<number, string>;
  status: "running" | "completed" | "interrupted" | "failed";
  notice?: Notice;
  /** True once the connection broke: only the next join knows what became of it. */
  isStale?: boolean;
}

export interface ChatState {
  /** Ascending by seq, each id once. */
  messages: Message[];
  /** In the order typed. */
  outgoing: Outgoing[];
  drafts: Draft[];
  characterIsTyping: boolean;
  /** Leads to older messages; undefined before the first page, null when there are none. */
  olderCursor?: string | null;
}

export type ChatEvent =
  | { type: "joined"; messages: Message[]; generation: Generation | null }
  | { type: "disconnected" }
  | { type: "newestPage"; messages: Message[]; nextCursor: string | null }
  | { type: "olderPage"; messages: Message[]; nextCursor: string | null }
  | { type: "received"; message: Message }
  | { type: "deleted"; messageId: string }
  | { type: "delivered"; delivered: Delivered; conversationId: string }
  | { type: "progress"; progress: ReplyProgress }
  | { type: "typing"; isTyping: boolean }
  | { type: "sending"; outgoing: Outgoing }
  | { type: "sendFailed"; clientMessageId: string; error: Problem; retryAt?: string }
  | { type: "withdrawn"; clientMessageId: string };

export function emptyChat(outgoing: Outgoing[] = []): ChatState {
  return { messages: [], outgoing, drafts: [], characterIsTyping: false };
}

export function chatReducer(state: ChatState, event: ChatEvent): ChatState {
  switch (event.type) {
    case "joined":
      return {
        ...withMessages(state, event.messages),
        drafts: draftsAfterJoin(state.drafts, event.generation),
      };
    case "disconnected":
      return {
        ...state,
        drafts: state.drafts.map((draft) => ({ ...draft, isStale: true })),
        characterIsTyping: false,
      };
    case "newestPage":
      return withNewestPage(state, event.messages, event.nextCursor);
    case "olderPage": {
      const held = new Set(state.messages.map((message) => message.id));
      const older = event.messages.filter((message) => !held.has(message.id));
      return { ...withMessages(state, older), olderCursor: event.nextCursor };
    }
    case "received":
      return afterMessage(state, event.message);
    case "deleted":
      return { ...state, messages: state.messages.filter(({ id }) => id !== event.messageId) };
    case "delivered":
      return afterDelivery(state, event.delivered, event.conversationId);
    case "progress":
      return afterProgress(state, event.progress);
    case "typing":
      return { ...state, characterIsTyping: event.isTyping };
    case "sending":
      return { ...state, outgoing: replaceOrAdd(state.outgoing, event.outgoing) };
    case "sendFailed":
      return {
        ...state,
        outgoing: state.outgoing.map((outgoing) =>
          outgoing.clientMessageId === event.clientMessageId
            ? {
                ...outgoing,
                error: event.error,
                retryAt: event.retryAt,
                afterSeq: state.olderCursor === undefined ? undefined : newestSeq(state),
              }
            : outgoing,
        ),
      };
    case "withdrawn":
      return { ...state, outgoing: without(state.outgoing, event.clientMessageId) };
  }
}

/** The number of the newest message held; 0 when there is none. */
export function newestSeq(state: ChatState): number {
  return state.messages.at(-1)?.seq ?? 0;
}

/** Whether messages between the newest one held and this one are missing. */
export function leavesGap(state: ChatState, message: Message): boolean {
  return message.seq > newestSeq(state) + 1;
}

/** The text of a draft so far, deltas in the order of their index. */
export function draftText(draft: Draft): string {
  // Integer keys of an object iterate in ascending order.
  return draft.base + Object.values(draft.pieces).join("");
}

function withMessages(state: ChatState, arrived: Message[]): ChatState {
  if (arrived.length === 0) return state;
  const byId = new Map(state.messages.map((message) => [message.id, message]));
  for (const message of arrived) byId.set(message.id, message);
  const sent = new Set(arrived.map((message) => message.clientMessageId));
  return {
    ...state,
    messages: [...byId.values()].sort((one, other) => one.seq - other.seq),
    outgoing: state.outgoing.filter(({ clientMessageId }) => !sent.has(clientMessageId)),
  };
}

/** The page speaks for its whole range of seq: what it lacks there was deleted meanwhile. */
function withNewestPage(state: ChatState, page: Message[], cursor: string | null): ChatState {
  const seqs = page.map((message) => message.seq);
  const [first, last] = [Math.min(...seqs), Math.max(...seqs)];
  const kept = state.messages.filter(({ seq }) => seq < first || seq > last);
  const olderCursor = state.olderCursor === undefined ? cursor : state.olderCursor;
  return { ...withMessages({ ...state, messages: kept }, page), olderCursor };
}

/** The message is the last word on a reply: its draft has served. */
function afterMessage(state: ChatState, message: Message): ChatState {
  const next = withMessages(state, [message]);
  return {
    ...next,
    drafts: state.drafts.filter((draft) => draft.messageId !== message.id),
    characterIsTyping: message.senderType === "user" && state.characterIsTyping,
  };
}

/** Delivery can arrive before the message itself; our own copy stands in until it does. */
function afterDelivery(state: ChatState, delivered: Delivered, conversationId: string): ChatState {
  const outgoing = state.outgoing.find(
    ({ clientMessageId }) => clientMessageId === delivered.clientMessageId,
  );
  if (!outgoing) return state;
  const isHeld = state.messages.some(({ id }) => id === delivered.messageId);
  if (isHeld) return { ...state, outgoing: without(state.outgoing, outgoing.clientMessageId) };
  return withMessages(state, [
    {
      id: delivered.messageId,
      conversationId,
      seq: delivered.seq,
      senderId: "",
      senderType: "user",
      content: outgoing.content,
      type: "text",
      metadata: {},
      state: "complete",
      clientMessageId: outgoing.clientMessageId,
      createdAt: outgoing.createdAt,
    },
  ]);
}

function afterProgress(state: ChatState, progress: ReplyProgress): ChatState {
  const { messageId, status, index, delta } = progress;
  const draft = state.drafts.find((known) => known.messageId === messageId);
  const isHeld = state.messages.some(({ id }) => id === messageId);
  if (status === "started") {
    if (draft?.status === "running") return state;
    const begun = draftOf({ messageId, textSoFar: "", index: -1 });
    return withDraft(state, { ...begun, notice: progress.notice });
  }
  if (status === "delta") {
    // Without a draft, a late delta of a reply that is already held whole changes nothing.
    if (!draft && isHeld) return state;
    const open = draft ?? draftOf({ messageId, textSoFar: "", index: -1 });
    if (index <= open.baseIndex || index in open.pieces) return state;
    return withDraft(state, { ...open, pieces: { ...open.pieces, [index]: delta } });
  }
  if (!draft) return state;
  if (isHeld && !draftText(draft)) return withoutDraft(state, messageId);
  const said = progress.content === undefined ? {} : { base: progress.content, pieces: {} };
  return withDraft(state, { ...draft, ...said, status });
}

/** Deltas may overtake the join's answer, so what came since the connection opened is kept. */
function draftsAfterJoin(drafts: Draft[], generation: Generation | null): Draft[] {
  const fresh = drafts.filter((draft) => !draft.isStale);
  if (!generation) return fresh;
  const { messageId, index } = generation;
  const known = drafts.find((draft) => draft.messageId === messageId);
  const later = Object.entries(known?.pieces ?? {}).filter(([at]) => Number(at) > index);
  const resumed: Draft = {
    ...draftOf(generation),
    pieces: Object.fromEntries(later),
    status: known && !known.isStale ? known.status : "running",
  };
  return [...fresh.filter((draft) => draft.messageId !== messageId), resumed];
}

function draftOf({ messageId, textSoFar, index }: Generation): Draft {
  return { messageId, base: textSoFar, baseIndex: index, pieces: {}, status: "running" };
}

function withDraft(state: ChatState, draft: Draft): ChatState {
  const rest = withoutDraft(state, draft.messageId).drafts;
  return { ...state, drafts: [...rest, draft] };
}

function withoutDraft(state: ChatState, messageId: string): ChatState {
  return { ...state, drafts: state.drafts.filter((draft) => draft.messageId !== messageId) };
}

function without(outgoing: Outgoing[], clientMessageId: string): Outgoing[] {
  return outgoing.filter((known) => known.clientMessageId !== clientMessageId);
}

function replaceOrAdd(outgoing: Outgoing[], changed: Outgoing): Outgoing[] {
  const isKnown = outgoing.some((known) => known.clientMessageId === changed.clientMessageId);
  if (!isKnown) return [...outgoing, changed];
  return outgoing.map((known) =>
    known.clientMessageId === changed.clientMessageId ? changed : known,
  );
}
