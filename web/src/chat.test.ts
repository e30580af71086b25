import { describe, expect, it, vi } from "vitest";

import { Chat, type ChatClient } from "./chat";
import { entriesOf } from "./chatEntries";
import type { Outgoing } from "./chatState";
import {
  type Joined,
  KeepsakeError,
  type Message,
  type OutgoingText,
  type ServerEvents,
} from "./client";

type Listener = (...data: never[]) => void;

/** A server with one conversation, and the line to it, which can be cut. */
class FakeServer implements ChatClient {
  readonly stored: Message[] = [];
  readonly joins: (number | undefined)[] = [];
  readonly sends: string[] = [];
  generation: Joined["generation"] = null;
  refusal: KeepsakeError | null = null;
  pageSize = 50;
  isOpen = true;
  private readonly listeners = new Map<string, Set<Listener>>();

  get live() {
    return this;
  }

  store(changes: Partial<Message> = {}): Message {
    const seq = this.stored.length + 1;
    const message: Message = {
      id: `m${seq}`,
      conversationId: "c",
      seq,
      senderId: "s",
      senderType: "user",
      content: `text ${seq}`,
      type: "text",
      metadata: {},
      state: "complete",
      createdAt: "2026-01-01T10:00:00Z",
      ...changes,
    };
    this.stored.push(message);
    return message;
  }

  tell<Name extends keyof ServerEvents>(name: Name, data: Parameters<ServerEvents[Name]>[0]) {
    for (const listener of this.listeners.get(name) ?? []) listener(data as never);
  }

  cut() {
    this.isOpen = false;
    for (const listener of this.listeners.get("change") ?? []) listener(false as never);
  }

  restore() {
    this.isOpen = true;
    for (const listener of this.listeners.get("change") ?? []) listener(true as never);
  }

  on(name: string, listener: Listener) {
    const known = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, known.add(listener));
    return () => known.delete(listener);
  }

  onChange(listener: (isOpen: boolean) => void) {
    return this.on("change", listener as Listener);
  }

  async join(conversationId: string, afterSeq?: number): Promise<Joined> {
    this.joins.push(afterSeq);
    const messages = this.stored.filter(({ seq }) => seq > (afterSeq ?? 0));
    const truncated = messages.length > this.pageSize;
    const { generation, stored } = this;
    const lastSeq = stored.length;
    return { conversationId, lastSeq, messages: messages.slice(-2), truncated, generation };
  }

  leave() {}

  async send(text: OutgoingText): Promise<Message> {
    this.sends.push(text.clientMessageId);
    if (!this.isOpen) throw KeepsakeError.unreachable();
    if (this.refusal) throw this.refusal;
    const known = this.stored.find((one) => one.clientMessageId === text.clientMessageId);
    return known ?? this.store({ content: text.content, clientMessageId: text.clientMessageId });
  }

  async regenerate() {}

  async stopReply() {}

  async messages(_conversationId: string, before?: string) {
    const older = this.stored.filter(({ seq }) => seq < Number(before ?? Infinity));
    const items = older.slice(-this.pageSize);
    const nextCursor = older.length > items.length ? String(items[0]?.seq) : null;
    return { items, nextCursor };
  }
}

function opened(server: FakeServer, kept: Outgoing[] = []) {
  const problems: unknown[] = [];
  const outbox = { content: kept };
  const chat = new Chat(server, {
    conversationId: "c",
    characterId: "character",
    outbox: { read: () => outbox.content, keep: (outgoing) => (outbox.content = outgoing) },
    onProblem: (error) => problems.push(error),
    onReply: () => {},
  });
  chat.open();
  const lines = () => entriesOf(chat.snapshot()).map(({ text, state }) => `${text}: ${state}`);
  return { chat, lines, problems, outbox };
}

describe("a chat", () => {
  it("shows what was said, and older pages when asked", async () => {
    const server = new FakeServer();
    server.pageSize = 2;
    for (let count = 0; count < 5; count++) server.store();
    const { chat, lines } = opened(server);
    await vi.waitFor(() => expect(lines()).toHaveLength(2));
    await chat.loadOlder();
    await chat.loadOlder();
    await chat.loadOlder();
    expect(chat.snapshot().messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it("sends what was written without a connection once it is back, in order, each once", async () => {
    const server = new FakeServer();
    const { chat, lines } = opened(server);
    await vi.waitFor(() => expect(server.joins).toHaveLength(1));
    server.cut();
    chat.send("first");
    chat.send("second");
    expect(lines()).toEqual(["first: sending", "second: sending"]);
    server.restore();
    await vi.waitFor(() => expect(lines()).toEqual(["first: complete", "second: complete"]));
    expect(new Set(server.sends).size).toBe(2);
    expect(server.stored).toHaveLength(2);
  });

  it("keeps a refused message with its reason, and retries it under the same id", async () => {
    const server = new FakeServer();
    server.refusal = new KeepsakeError("rate_limited", "Too many messages.");
    const { chat, lines, outbox } = opened(server);
    chat.send("hello");
    await vi.waitFor(() => expect(lines()).toEqual(["hello: unsent"]));
    expect(outbox.content).toMatchObject([{ content: "hello", error: { code: "rate_limited" } }]);
    server.refusal = null;
    chat.retry(server.sends[0] ?? "");
    await vi.waitFor(() => expect(lines()).toEqual(["hello: complete"]));
    expect(new Set(server.sends).size).toBe(1);
    expect(outbox.content).toEqual([]);
  });

  it("knows from when a refused message may be sent again, until it is", async () => {
    const server = new FakeServer();
    server.refusal = new KeepsakeError("rate_limited", "Too many messages.", 0, 13);
    const { chat, lines, outbox } = opened(server);
    const before = Date.now();
    chat.send("hello");
    await vi.waitFor(() => expect(lines()).toEqual(["hello: unsent"]));
    const retryAt = Date.parse(outbox.content[0]?.retryAt ?? "");
    expect(retryAt).toBeGreaterThanOrEqual(before + 13_000);
    expect(retryAt).toBeLessThanOrEqual(Date.now() + 13_000);
    server.cut();
    chat.retry(server.sends[0] ?? "");
    expect(Object.keys(outbox.content[0] ?? {})).not.toContain("retryAt");
  });

  it("gives a refused message's text back", async () => {
    const server = new FakeServer();
    server.refusal = new KeepsakeError("message_too_long", "Too long.");
    const { chat, lines } = opened(server);
    chat.send("hello");
    await vi.waitFor(() => expect(lines()).toEqual(["hello: unsent"]));
    expect(chat.withdraw(server.sends[0] ?? "")).toBe("hello");
    expect(lines()).toEqual([]);
  });

  it("sends what an earlier visit left on its way", async () => {
    const server = new FakeServer();
    const left = { clientMessageId: "left", content: "hello", createdAt: "2026-01-01T10:00:00Z" };
    const { lines } = opened(server, [left]);
    await vi.waitFor(() => expect(lines()).toEqual(["hello: complete"]));
    expect(server.sends).toEqual(["left"]);
  });

  it("asks only for what it missed, and goes on with the running reply", async () => {
    const server = new FakeServer();
    server.store();
    const { lines } = opened(server);
    await vi.waitFor(() => expect(lines()).toEqual(["text 1: complete"]));
    server.cut();
    server.store();
    server.generation = { messageId: "m9", textSoFar: "Well", index: 0 };
    server.restore();
    await vi.waitFor(() => expect(lines()).toHaveLength(3));
    const reply = { conversationId: "c", messageId: "m9", status: "delta", index: 1 } as const;
    server.tell("character:response", { ...reply, delta: ", hello" });
    expect(lines()).toEqual(["text 1: complete", "text 2: complete", "Well, hello: streaming"]);
    expect(server.joins).toEqual([undefined, 1]);
  });

  it("fills a hole by REST when too much was missed", async () => {
    const server = new FakeServer();
    server.pageSize = 3;
    server.store();
    const { chat, lines } = opened(server);
    await vi.waitFor(() => expect(lines()).toHaveLength(1));
    server.cut();
    for (let count = 0; count < 10; count++) server.store();
    server.restore();
    await vi.waitFor(() => expect(lines()).toHaveLength(11));
    expect(chat.snapshot().messages.map(({ seq }) => seq)).toEqual(server.stored.map((m) => m.seq));
  });

  it("joins again when an event shows that one before it was lost", async () => {
    const server = new FakeServer();
    server.store();
    const { lines } = opened(server);
    await vi.waitFor(() => expect(lines()).toHaveLength(1));
    server.store();
    server.tell("message:received", server.store());
    await vi.waitFor(() => expect(lines()).toHaveLength(3));
    expect(server.joins).toEqual([undefined, 1]);
  });

  it("tells of errors, except of those that a message in sight tells itself", async () => {
    const server = new FakeServer();
    const { chat, lines, problems } = opened(server);
    chat.send("hello");
    await vi.waitFor(() => expect(lines()).toEqual(["hello: complete"]));
    const clientMessageId = server.sends[0];
    server.tell("error", { code: "model_timeout", message: "Too slow.", clientMessageId });
    expect(problems).toEqual([]);
    server.tell("error", { code: "store_unavailable", message: "No database." });
    expect(problems).toMatchObject([{ message: "No database." }]);
  });

  it("hears nothing of other conversations, and nothing once closed", async () => {
    const server = new FakeServer();
    const { chat, lines } = opened(server);
    await vi.waitFor(() => expect(server.joins).toHaveLength(1));
    server.tell("message:received", { ...server.store(), conversationId: "other" });
    chat.close();
    server.tell("message:received", server.store());
    expect(lines()).toEqual([]);
  });
});
