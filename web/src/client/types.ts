/** What travels between Keepsake and its clients. Times are RFC 3339 strings in UTC. */

export interface Tokens {
  access_token: string;
  refresh_token: string;
  token_type: string;
  /** Seconds until the access token ends. */
  expires_in: number;
}

export interface User {
  id: string;
  email: string;
  displayName: string;
  role: "user" | "admin";
  adultConfirmed: boolean;
  /** An IANA name. */
  timeZone: string;
}

export interface ProfileChange {
  adultConfirmed?: boolean;
  timeZone?: string;
  /** The new one; wants the old one too. */
  password?: string;
  currentPassword?: string;
}

export interface ChangedAccount extends User {
  /** With a new password, which ends all tokens from before. */
  tokens?: Tokens | null;
}

/** The receipt of an erasure: what was deleted, and what was found to be left afterwards. */
export interface Erasure {
  id: string;
  begunAt: string;
  /** Null until nothing is left: the rest is done in the background. */
  finishedAt: string | null;
  rowsDeleted: Record<string, number>;
  vectorsDeleted: number;
  cacheKeysDeleted: number;
  /** Null where a part couldn't be reached. */
  remaining: {
    rows: number;
    vectors: number | null;
    cacheKeys: number | null;
    jobs: number;
  } | null;
}

export interface Page<Item> {
  items: Item[];
  /** Opaque; null on the last page. */
  nextCursor: string | null;
}

export interface Character {
  id: string;
  name: string;
  age: number | null;
  description: string;
  personality: { traits?: string[]; style?: string };
  greeting: string;
  /** Where its picture is, if it has one. */
  picture: string | null;
  ownerId: string | null;
  visibility: "private" | "public";
  /** When an admin blocked it, and why. */
  blockedAt: string | null;
  blockedReason: string | null;
  /** When its owner deleted it; only who talked with it before still gets it. */
  deletedAt?: string | null;
}

export interface Conversation {
  id: string;
  characterId: string;
  /** Empty until the first exchange names it. */
  title: string;
  messageCount: number;
  lastMessageAt: string | null;
  createdAt: string;
}

export interface Problem {
  code: string;
  /** One sentence for a person. */
  message: string;
  /** Seconds until it's worth trying again. */
  retryAfter?: number | null;
}

export type MessageState = "complete" | "interrupted" | "failed";

export interface Message {
  id: string;
  conversationId: string;
  /** 1, 2, 3… in its conversation. */
  seq: number;
  senderId: string;
  senderType: "user" | "character";
  content: string;
  type: string;
  metadata: ReplyMetadata;
  state: MessageState;
  clientMessageId?: string | null;
  /** Of a reply: the id of the message that it answers. */
  replyTo?: string | null;
  createdAt: string;
  /** Set on a message that was deleted: its content is empty. */
  deletedAt?: string | null;
}

export type ReportReason =
  | "sexual"
  | "minors"
  | "harassment"
  | "hate"
  | "self_harm"
  | "violence"
  | "illegal"
  | "spam"
  | "wrong_memory"
  | "other";

/** A message that a search found. */
export interface FoundMessage extends Message {
  characterId: string;
  conversationTitle: string;
  /** Where its content says what was looked for: [start, end), for `slice`. */
  highlights: [number, number][];
}

export interface SearchPage extends Page<FoundMessage> {
  /** False where there is more to be looked through: the next page goes on there. */
  complete: boolean;
}

/** What is known about a reply. */
export interface ReplyMetadata {
  /** `offline` is the built-in demonstration. */
  model?: string;
  /** Why it failed. */
  error?: Problem;
  memoriesUsed?: number;
  recall?: RecallOutcome;
  /** Content policy says this in the character's place; why. */
  refused?: string;
  notice?: Notice;
}

/** To be shown beside a reply, in words that aren't the character's. */
export interface Notice {
  /** Where help is, a reminder to take a break, or that this is an AI. */
  kind: "crisis" | "break" | "ai";
  text: string;
  resources: { name: string; contact: string }[];
}

export type RecallOutcome = "ok" | "empty" | "unavailable" | "late";

/** A memory that a reply was given, and how well it fitted. */
export interface ActiveMemory {
  memoryId: string;
  /** 0-1, higher fits better; 0 for what is always kept in mind, whatever was said. */
  relevance: number;
  content: string;
  kind: string;
  /** Whose words or life it is, and their name; older records lack both. */
  about?: "user" | "character" | null;
  aboutName?: string | null;
  sourceMessageIds?: string[];
  mentionTime?: string | null;
}

export interface ReplyContext {
  activeMemories: ActiveMemory[];
  recall: RecallOutcome;
}

export interface RememberedItem {
  id: string;
  kind: string;
  content: string;
  category: string;
  about: string;
  aboutName: string | null;
  firstMentioned: string;
  reinforcementCount: number;
  pinned: boolean;
}

export interface Relationship {
  /** The three measures run 0-100, higher is closer. */
  level: number;
  trust: number;
  intimacy: number;
  totalInteractions: number;
  stage: string;
}

export interface CharacterMemory {
  shortTermMemory: RememberedItem[];
  longTermMemory: RememberedItem[];
  relationship: Relationship | null;
  nextCursor: string | null;
}

/** A reply that is being written: its text so far and the index of the last delta in it. */
export interface Generation {
  messageId: string;
  textSoFar: string;
  index: number;
}

export interface Joined {
  conversationId: string;
  lastSeq: number;
  messages: Message[];
  /** True when more was missed than the answer holds; REST fills the gap. */
  truncated: boolean;
  generation: Generation | null;
}

export interface ReplyProgress {
  conversationId: string;
  messageId: string;
  status: "started" | "delta" | "completed" | "interrupted" | "failed";
  index: number;
  delta: string;
  /** With the start and the ending. */
  notice?: Notice;
  /** With the ending: the reply says this instead of its deltas. */
  content?: string;
}

export interface Delivered {
  messageId: string;
  seq: number;
  clientMessageId: string | null;
}

export interface Typing {
  conversationId: string;
  userId: string;
  isTyping: boolean;
}

/** Every event the server sends and what it carries. */
export interface ServerEvents {
  "message:received": (message: Message) => void;
  "message:updated": (message: Message) => void;
  "message:deleted": (deleted: { messageId: string }) => void;
  "message:delivered": (delivered: Delivered) => void;
  "typing:indicator": (typing: Typing) => void;
  "character:response": (progress: ReplyProgress) => void;
  "memory:updated": (update: { characterId?: string }) => void;
  "relationship:updated": (update: { characterId?: string }) => void;
  error: (problem: Problem & { clientMessageId?: string | null }) => void;
}

export interface Refused {
  error: Problem;
}

export interface OutgoingText {
  conversationId: string;
  content: string;
  type: "text";
  clientMessageId: string;
}

type Answer<Value> = (answer: Value | Refused) => void;

/** Every event a client sends, and what its acknowledgement carries. */
export interface ClientEvents {
  auth: (by: { token: string }) => void;
  "conversation:join": (
    target: { conversationId: string; afterSeq?: number },
    answer: Answer<Joined>,
  ) => void;
  "conversation:leave": (target: { conversationId: string }) => void;
  "message:send": (message: OutgoingText, answer: Answer<{ message: Message }>) => void;
  "message:regenerate": (target: { messageId: string }, answer: Answer<object>) => void;
  "generation:stop": (target: { conversationId: string }, answer: Answer<object>) => void;
}
