import {
  type ChatEvent,
  type ChatState,
  chatReducer,
  emptyChat,
  leavesGap,
  newestSeq,
  type Outgoing,
} from "./chatState";
import { KeepsakeError, type KeepsakeClient, type Problem } from "./client";
import type { Outbox } from "./outbox";

/** The part of KeepsakeClient that a chat needs. */
export type ChatClient = Pick<KeepsakeClient, "messages"> & {
  live: Pick<
    KeepsakeClient["live"],
    "isOpen" | "on" | "onChange" | "join" | "leave" | "send" | "regenerate" | "stopReply"
  >;
};

/** Who takes part, and whom to tell what went wrong. */
export interface ChatOptions {
  conversationId: string;
  characterId: string;
  outbox: Outbox;
  onProblem: (error: unknown) => void;
  /** A reply is complete: titles and times of conversations may have changed. */
  onReply: () => void;
}

/** One open conversation: keeps its state in step with the server. `open` it, then `close` it. */
export class Chat {
  private state: ChatState;
  private readonly observers = new Set<() => void>();
  private readonly onTheirWay = new Set<string>();
  private stopHearing: (() => void)[] = [];

  constructor(
    private readonly client: ChatClient,
    private readonly options: ChatOptions,
  ) {
    // What was on its way when the page was left is sent again once joined.
    this.state = emptyChat(options.outbox.read());
  }

  readonly snapshot = (): ChatState => this.state;

  readonly observe = (observer: () => void): (() => void) => {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  };

  open(): void {
    this.stopHearing = [...this.hearEvents(), this.hearConnection()];
    if (this.client.live.isOpen) void this.join();
  }

  close(): void {
    for (const stop of this.stopHearing) stop();
    this.stopHearing = [];
    this.client.live.leave(this.options.conversationId);
  }

  send(content: string): void {
    this.deliver({ clientMessageId: newId(), content, createdAt: new Date().toISOString() });
  }

  /** Send a message that failed once more, under the same id: the server knows a repeat. */
  retry(clientMessageId: string): void {
    const outgoing = this.state.outgoing.find((one) => one.clientMessageId === clientMessageId);
    if (!outgoing) return;
    const { content, createdAt } = outgoing;
    this.deliver({ clientMessageId, content, createdAt });
  }

  /** Take a message that was not sent back out; answers its text. */
  withdraw(clientMessageId: string): string {
    const outgoing = this.state.outgoing.find((one) => one.clientMessageId === clientMessageId);
    this.change({ type: "withdrawn", clientMessageId });
    return outgoing?.content ?? "";
  }

  async regenerate(messageId: string): Promise<void> {
    await this.client.live.regenerate(messageId).catch(this.options.onProblem);
  }

  async stopReply(): Promise<void> {
    await this.client.live.stopReply(this.options.conversationId).catch(this.options.onProblem);
  }

  async loadOlder(): Promise<void> {
    const { olderCursor } = this.state;
    if (!olderCursor) return;
    try {
      const page = await this.client.messages(this.options.conversationId, olderCursor);
      this.change({ type: "olderPage", messages: page.items, nextCursor: page.nextCursor });
    } catch (error) {
      this.options.onProblem(error);
    }
  }

  private hearEvents(): (() => void)[] {
    const { live } = this.client;
    const isOurs = (event: { conversationId: string }) =>
      event.conversationId === this.options.conversationId;
    return [
      live.on("message:received", (message) => {
        if (!isOurs(message)) return;
        if (this.state.messages.length > 0 && leavesGap(this.state, message)) void this.join();
        this.change({ type: "received", message });
        if (message.senderType === "character") this.options.onReply();
      }),
      live.on("message:updated", (message) => {
        if (isOurs(message)) this.change({ type: "received", message });
      }),
      live.on("message:deleted", ({ messageId }) => this.change({ type: "deleted", messageId })),
      live.on("message:delivered", (delivered) => {
        const { conversationId } = this.options;
        this.change({ type: "delivered", delivered, conversationId });
      }),
      live.on("character:response", (progress) => {
        if (isOurs(progress)) this.change({ type: "progress", progress });
      }),
      live.on("typing:indicator", (typing) => {
        if (!isOurs(typing) || typing.userId !== this.options.characterId) return;
        this.change({ type: "typing", isTyping: typing.isTyping });
      }),
      live.on("error", (problem) => this.hearProblem(problem)),
    ];
  }

  private hearProblem({ clientMessageId, ...error }: Problem & { clientMessageId?: string | null }) {
    if (error.code === "token_expired") return; // the session gets another and comes back
    const isAbout = (one: { clientMessageId?: string | null }) =>
      Boolean(clientMessageId) && one.clientMessageId === clientMessageId;
    // About a message that was stored: its failed reply says the same, and stays.
    if (this.state.messages.some(isAbout)) return;
    const unsent = this.state.outgoing.find(isAbout);
    if (unsent) this.fail(unsent.clientMessageId, error);
    else this.options.onProblem(KeepsakeError.fromProblem(error));
  }

  private hearConnection(): () => void {
    return this.client.live.onChange((isOpen) => {
      if (isOpen) void this.join();
      else this.change({ type: "disconnected" });
    });
  }

  private async join(): Promise<void> {
    const { conversationId, onProblem } = this.options;
    const afterSeq = newestSeq(this.state);
    try {
      const joined = await this.client.live.join(conversationId, afterSeq || undefined);
      this.change({ type: "joined", ...joined });
      for (const outgoing of this.state.outgoing) if (!outgoing.error) this.deliver(outgoing);
      await this.readNewest(afterSeq);
    } catch (error) {
      if (this.client.live.isOpen) onProblem(error); // otherwise the next connection joins again
    }
  }

  /**
   * Reads back from the newest page to what was held before: the join's answer may be truncated,
   * and edits and deletions carry no new seq.
   */
  private async readNewest(heldSeq: number): Promise<void> {
    let cursor: string | null | undefined;
    do {
      const page = await this.client.messages(this.options.conversationId, cursor ?? undefined);
      cursor = page.nextCursor;
      this.change({ type: "newestPage", messages: page.items, nextCursor: cursor });
      const oldest = Math.min(...page.items.map((message) => message.seq));
      if (!heldSeq || oldest <= heldSeq + 1) return;
    } while (cursor);
  }

  private deliver(outgoing: Outgoing): void {
    this.change({ type: "sending", outgoing });
    // Without a connection it stays "sending" and goes out with the next join.
    const isOnItsWay = this.onTheirWay.has(outgoing.clientMessageId);
    if (this.client.live.isOpen && !isOnItsWay) void this.emit(outgoing);
  }

  private async emit({ clientMessageId, content }: Outgoing): Promise<void> {
    const { conversationId } = this.options;
    this.onTheirWay.add(clientMessageId);
    try {
      const text = { conversationId, content, type: "text", clientMessageId } as const;
      this.change({ type: "received", message: await this.client.live.send(text) });
    } catch (error) {
      if (!this.client.live.isOpen) return;
      const { code, message, retryAfter } = asProblem(error);
      this.fail(clientMessageId, { code, message, retryAfter });
    } finally {
      this.onTheirWay.delete(clientMessageId);
    }
  }

  private fail(clientMessageId: string, error: Problem): void {
    const { retryAfter } = error;
    const retryAt = retryAfter
      ? new Date(Date.now() + retryAfter * 1000).toISOString()
      : undefined;
    this.change({ type: "sendFailed", clientMessageId, error, retryAt });
  }

  private change(event: ChatEvent): void {
    const { outgoing } = this.state;
    this.state = chatReducer(this.state, event);
    if (this.state.outgoing !== outgoing) this.options.outbox.keep(this.state.outgoing);
    for (const observer of this.observers) observer();
  }
}

function asProblem(error: unknown): Problem {
  if (error instanceof KeepsakeError) return error;
  return { code: "unexpected", message: "The message could not be sent." };
}

/** 128 random bits; crypto.randomUUID is missing on plain-http addresses other than localhost. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
