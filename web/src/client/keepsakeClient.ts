import { AdminClient } from "./admin";
import { Connection } from "./connection";
import { type HttpOptions, type NamedFile, request, requestFile, requestPicture } from "./http";
import type {
  ChangedAccount,
  Character,
  CharacterMemory,
  Conversation,
  Erasure,
  Message,
  Page,
  ProfileChange,
  ReplyContext,
  ReportReason,
  SearchPage,
  User,
} from "./types";

export interface ClientOptions {
  token: string;
  /** Where Keepsake runs, like `http://localhost:5000`; empty for the page's own origin. */
  baseUrl?: string;
  /** The server's WEBSOCKET_PATH. */
  socketPath?: string;
}

/** Talks to Keepsake as one signed-in user: REST by its methods, live events by `live`. */
export class KeepsakeClient {
  readonly live: Connection;
  readonly admin = new AdminClient((path, options) => this.call(path, options));
  private readonly root: string;
  private token: string;

  constructor({ token, baseUrl = "", socketPath }: ClientOptions) {
    this.root = `${baseUrl}/api/v1`;
    this.token = token;
    this.live = new Connection(token, baseUrl, socketPath);
  }

  /** Go on with another token of the same user. */
  renew(token: string): void {
    this.token = token;
    this.live.renew(token);
  }

  me(): Promise<User> {
    return this.get("/auth/me");
  }

  changeMe(change: ProfileChange): Promise<ChangedAccount> {
    return this.call("/auth/me", { method: "PATCH", body: change });
  }

  /** All that is held on the user, as a zip archive. */
  exportMe(): Promise<NamedFile> {
    return requestFile(`${this.root}/users/me/export`, this.token);
  }

  /** Erases the user with all that is held on them, for good; answers the receipt. */
  eraseMe(proof: { password: string } | { confirm: "erase" }): Promise<Erasure> {
    return this.call("/users/me", { method: "DELETE", body: proof });
  }

  characters(): Promise<Page<Character>> {
    return this.get("/characters", { limit: "200" });
  }

  character(characterId: string): Promise<Character> {
    return this.get(`/characters/${characterId}`);
  }

  /** A character's picture as a data URL. */
  picture(characterId: string): Promise<string> {
    return requestPicture(`${this.root}/characters/${characterId}/picture`, this.token);
  }

  /** Conversations with one character, the most recent first. */
  conversations(characterId: string, before?: string): Promise<Page<Conversation>> {
    return this.get("/conversations", { characterId, before });
  }

  startConversation(characterId: string): Promise<Conversation> {
    return this.call("/conversations", { method: "POST", body: { characterId } });
  }

  /** The newest 50 messages, or the 50 before a cursor. */
  messages(conversationId: string, before?: string): Promise<Page<Message>> {
    return this.get(`/conversations/${conversationId}/messages`, { limit: "50", before });
  }

  /** What was said to and by a character, by words, newest first. */
  search(characterId: string, words: string, before?: string): Promise<SearchPage> {
    return this.get("/messages/search", { q: words, characterId, limit: "20", before });
  }

  /** Tell the admins of a message. Told again, they keep what they were told first. */
  reportMessage(messageId: string, reason: ReportReason, note: string): Promise<unknown> {
    return this.call(`/messages/${messageId}/report`, { method: "POST", body: { reason, note } });
  }

  /** What a reply was made from. */
  replyContext(messageId: string): Promise<ReplyContext> {
    return this.get(`/messages/${messageId}/context`);
  }

  /** What a character remembers about a user, newest first, and how the two stand. */
  memory(characterId: string, userId: string, before?: string): Promise<CharacterMemory> {
    return this.get(`/characters/${characterId}/memory/${userId}`, { limit: "100", before });
  }

  forget(characterId: string, userId: string, memoryId: string): Promise<void> {
    const path = `/characters/${characterId}/memory/${userId}/${memoryId}`;
    return this.call(path, { method: "DELETE" });
  }

  private get<Value>(path: string, query: Record<string, string | undefined> = {}) {
    const known = Object.entries(query).filter((pair): pair is [string, string] => !!pair[1]);
    const search = known.length ? `?${new URLSearchParams(known)}` : "";
    return this.call<Value>(path + search);
  }

  private call<Value>(path: string, options: HttpOptions = {}): Promise<Value> {
    return request(this.root + path, { ...options, token: this.token });
  }
}
