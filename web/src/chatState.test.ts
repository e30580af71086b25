import { describe, expect, it } from "vitest";

import { entriesOf, isDemonstration, mayBeRetried } from "./chatEntries";
import {
  type ChatEvent,
  type ChatState,
  chatReducer,
  draftText,
  emptyChat,
  leavesGap,
  newestSeq,
} from "./chatState";
import type { Message, ReplyProgress } from "./client";

function message(seq: number, changes: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    conversationId: "c",
    seq,
    senderId: "s",
    senderType: seq % 2 ? "user" : "character",
    content: `text ${seq}`,
    type: "text",
    metadata: {},
    state: "complete",
    createdAt: "2026-01-01T10:00:00Z",
    ...changes,
  };
}

function progress(status: ReplyProgress["status"], index = 0, delta = "", id = "m2"): ChatEvent {
  const reply = { conversationId: "c", messageId: id, status, index, delta };
  return { type: "progress", progress: reply };
}

function after(...events: ChatEvent[]): ChatState {
  return events.reduce(chatReducer, emptyChat());
}

function sending(id: string, content = "Hello"): ChatEvent {
  const createdAt = "2026-01-01T10:00:00Z";
  return { type: "sending", outgoing: { clientMessageId: id, content, createdAt } };
}

const texts = (state: ChatState) => entriesOf(state).map((entry) => entry.text);
const received = (each: Message): ChatEvent => ({ type: "received", message: each });

describe("messages", () => {
  it("are shown by seq, however they arrive", () => {
    expect(texts(after(received(message(3)), received(message(1)), received(message(2))))).toEqual([
      "text 1",
      "text 2",
      "text 3",
    ]);
  });

  it("are shown once, in the newest version", () => {
    const edited = message(1, { content: "edited" });
    expect(texts(after(received(message(1)), received(message(1)), received(edited)))).toEqual([
      "edited",
    ]);
  });

  it("keep what events said when an older page repeats it", () => {
    const state = after(received(message(2, { content: "edited" })), {
      type: "olderPage",
      messages: [message(2), message(1)],
      nextCursor: "next",
    });
    expect(texts(state)).toEqual(["text 1", "edited"]);
    expect(state.olderCursor).toBe("next");
  });

  it("that a newest page lacks within its range were deleted", () => {
    const state = after(
      ...[1, 2, 3, 4].map((seq) => received(message(seq))),
      { type: "newestPage", messages: [message(3, { content: "edited" })], nextCursor: "x" },
      { type: "newestPage", messages: [message(2), message(4)], nextCursor: "y" },
    );
    expect(texts(state)).toEqual(["text 1", "text 2", "text 4"]);
    expect(state.olderCursor).toBe("x");
  });

  it("disappear when deleted", () => {
    const state = after(received(message(1)), { type: "deleted", messageId: "m1" });
    expect(state.messages).toEqual([]);
  });

  it("tell when others between them are missing", () => {
    const state = after(received(message(1)));
    expect(newestSeq(state)).toBe(1);
    expect(leavesGap(state, message(2))).toBe(false);
    expect(leavesGap(state, message(3))).toBe(true);
  });
});

describe("own messages", () => {
  const own = message(1, { clientMessageId: "mine", content: "Hello" });
  const delivery: ChatEvent = {
    type: "delivered",
    delivered: { messageId: "m1", seq: 1, clientMessageId: "mine" },
    conversationId: "c",
  };

  it("are shown at once and confirmed under the same key", () => {
    const before = entriesOf(after(sending("mine")));
    const confirmed = entriesOf(after(sending("mine"), received(own)));
    expect(before).toMatchObject([{ key: "mine", text: "Hello", state: "sending" }]);
    expect(confirmed).toMatchObject([{ key: "mine", text: "Hello", state: "complete" }]);
  });

  it.each([
    ["delivery first", [delivery, received(own)]],
    ["message first", [received(own), delivery]],
    ["both twice", [delivery, delivery, received(own), received(own)]],
  ])("appear once: %s", (_, events) => {
    const state = after(sending("mine"), ...(events as ChatEvent[]));
    expect(texts(state)).toEqual(["Hello"]);
    expect(state.outgoing).toEqual([]);
  });

  it("keep their text and reason when they fail, and go out again in place", () => {
    const error = { code: "rate_limited", message: "Too many messages." };
    const failed = after(sending("mine"), sending("next", "And then?"), {
      type: "sendFailed",
      clientMessageId: "mine",
      error,
    });
    expect(entriesOf(failed)[0]).toMatchObject({ text: "Hello", state: "unsent", error });
    const again = chatReducer(failed, sending("mine"));
    expect(entriesOf(again).map(({ text, state }) => [text, state])).toEqual([
      ["Hello", "sending"],
      ["And then?", "sending"],
    ]);
  });

  it("that failed stay in their place among later messages, and go to the end again", () => {
    const failed = after(
      { type: "newestPage", messages: [message(1)], nextCursor: null },
      sending("mine"),
      { type: "sendFailed", clientMessageId: "mine", error: { code: "x", message: "No." } },
      received(message(2)),
      received(message(3)),
    );
    expect(texts(failed)).toEqual(["text 1", "Hello", "text 2", "text 3"]);
    expect(texts(chatReducer(failed, sending("mine")))).toEqual([
      "text 1",
      "text 2",
      "text 3",
      "Hello",
    ]);
  });

  it.each([
    ["message_too_long", false],
    ["invalid_request", false],
    ["rate_limited", true],
    ["no_answer", true],
  ])("refused as %s may be sent again as they are: %s", (code, isHopeful) => {
    const error = { code, message: "No." };
    const state = after(sending("mine"), { type: "sendFailed", clientMessageId: "mine", error });
    expect(entriesOf(state).map(mayBeRetried)).toEqual([isHopeful]);
  });

  it("can be taken back", () => {
    const state = after(sending("mine"), { type: "withdrawn", clientMessageId: "mine" });
    expect(state.outgoing).toEqual([]);
  });
});

describe("a reply", () => {
  const quotes = (...messages: Message[]) =>
    entriesOf(after(...messages.map(received))).map(({ answering }) => answering);

  it("quotes the message it answers only when another stands between", () => {
    const own = { senderType: "user" } as const;
    expect(
      quotes(
        message(1, own),
        message(2, { ...own, content: `What\n${"x".repeat(60)}` }),
        message(3, { senderType: "character", replyTo: "m2" }),
        message(4, { replyTo: "m1", senderType: "character" }),
        message(5, { replyTo: "m2", senderType: "character" }),
        message(6, { replyTo: "not loaded" }),
      ),
    ).toEqual([undefined, undefined, undefined, "text 1", `What ${"x".repeat(55)}…`, undefined]);
  });

  it("is the demonstration's while the newest that names its model is", () => {
    const shown = message(2, { metadata: { model: "offline" } });
    expect(isDemonstration([shown, message(3), message(4)])).toBe(true);
    expect(isDemonstration([shown, message(4, { metadata: { model: "real" } })])).toBe(false);
    expect(isDemonstration([])).toBe(false);
  });
});

describe("a reply being written", () => {
  const streamed = [progress("started"), progress("delta", 1, "Hi "), progress("delta", 2, "you")];

  it("grows by its deltas, ordered by index, each once", () => {
    const state = after(
      progress("started"),
      progress("delta", 2, "you"),
      progress("delta", 1, "Hi "),
      progress("delta", 2, "you"),
    );
    expect(entriesOf(state)).toMatchObject([{ text: "Hi you", state: "streaming" }]);
  });

  it("counts from any first index", () => {
    expect(texts(after(progress("started"), progress("delta", 0, "Hi")))).toEqual(["Hi"]);
  });

  it("gives way to its message without a second line, in either order of the end", () => {
    const whole = message(2, { content: "Hi you!" });
    for (const end of [
      [progress("completed", 3), received(whole)],
      [received(whole), progress("completed", 3)],
    ]) {
      const state = after(received(message(1)), ...streamed, ...end);
      expect(texts(state)).toEqual(["text 1", "Hi you!"]);
      expect(state.drafts).toEqual([]);
    }
  });

  it("is not brought back by a late delta", () => {
    const state = after(...streamed, received(message(2)), progress("delta", 3, "!"));
    expect(texts(state)).toEqual(["text 2"]);
  });

  it("stands after messages that were sent meanwhile", () => {
    const state = after(received(message(1)), ...streamed, sending("mine", "Wait"));
    expect(texts(state)).toEqual(["text 1", "Wait", "Hi you"]);
  });

  it.each(["interrupted", "failed"] as const)("keeps its text when %s", (status) => {
    const state = after(...streamed, progress(status, 3));
    expect(entriesOf(state)).toMatchObject([{ text: "Hi you", state: status, messageId: "m2" }]);
  });

  it("replaces a failed reply in its place when it is asked for again", () => {
    const error = { code: "model_overloaded", message: "The model is busy." };
    const failed = message(2, { state: "failed", content: "", metadata: { error } });
    const held = after(received(message(1)), received(failed), received(message(3)));
    expect(entriesOf(held)[1]).toMatchObject({ state: "failed", error });
    const again = [...streamed].reduce(chatReducer, held);
    expect(texts(again)).toEqual(["text 1", "Hi you", "text 3"]);
    const done = chatReducer(again, received(message(2, { content: "Hi you" })));
    expect(entriesOf(done)[1]).toMatchObject({ state: "complete", text: "Hi you" });
  });

  it("leaves nothing behind when it started after its message came", () => {
    const state = after(received(message(2)), progress("started"), progress("completed", 1));
    expect(texts(state)).toEqual(["text 2"]);
  });
});

describe("after a reconnect", () => {
  const generation = { messageId: "m2", textSoFar: "Hi you, ", index: 3 };
  const broken = after(
    received(message(1)),
    progress("started"),
    progress("delta", 1, "Hi "),
    { type: "typing", isTyping: true },
    { type: "disconnected" },
  );
  const joined = (changes: object): ChatEvent => ({
    type: "joined",
    messages: [],
    generation: null,
    ...changes,
  });

  it("nobody types, and the half reply stays in sight until the join answers", () => {
    expect(broken.characterIsTyping).toBe(false);
    expect(texts(broken)).toEqual(["text 1", "Hi "]);
  });

  it("a running reply resumes from the text so far, repeats left out", () => {
    const state = [
      joined({ generation }),
      progress("delta", 3, "you, "),
      progress("delta", 4, "friend"),
    ].reduce(chatReducer, broken);
    expect(texts(state)).toEqual(["text 1", "Hi you, friend"]);
  });

  it("deltas that overtake the answer are kept", () => {
    const state = [progress("delta", 4, "friend"), joined({ generation })].reduce(
      chatReducer,
      broken,
    );
    expect(state.drafts.map(draftText)).toEqual(["Hi you, friend"]);
  });

  it("a reply that ended meanwhile is replaced by its message", () => {
    const state = chatReducer(broken, joined({ messages: [message(2), message(3)] }));
    expect(texts(state)).toEqual(["text 1", "text 2", "text 3"]);
  });

  it("a half reply that the server no longer knows is dropped", () => {
    expect(texts(chatReducer(broken, joined({})))).toEqual(["text 1"]);
  });

  it("a reply that started before the join's answer is kept", () => {
    const state = [progress("started", 0, "", "m4"), joined({ messages: [message(2)] })].reduce(
      chatReducer,
      broken,
    );
    expect(state.drafts.map(({ messageId }) => messageId)).toEqual(["m4"]);
  });

  it("own messages that arrived are not shown twice", () => {
    const sent = chatReducer(broken, sending("mine"));
    const own = message(3, { clientMessageId: "mine", content: "Hello" });
    expect(texts(chatReducer(sent, joined({ messages: [own] })))).toEqual(["text 1", "Hello"]);
  });
});

describe("content policy", () => {
  const notice = { kind: "crisis" as const, text: "You are not alone.", resources: [] };
  const told = (status: ReplyProgress["status"], more: Partial<ReplyProgress> = {}): ChatEvent => {
    const reply = { conversationId: "c", messageId: "m2", status, index: 0, delta: "" };
    return { type: "progress", progress: { ...reply, ...more } };
  };

  it("shows a notice as soon as the reply begins, and with the stored one", () => {
    const begun = after(told("started", { notice }));
    expect(entriesOf(begun)[0]?.notice).toEqual(notice);
    const stored = chatReducer(begun, received(message(2, { metadata: { notice } })));
    expect(entriesOf(stored)[0]?.notice).toEqual(notice);
  });

  it("puts what a stopped reply says in place of what was shown", () => {
    const state = after(
      told("started"),
      told("delta", { delta: "Once " }),
      told("completed", { index: 1, content: "No." }),
    );
    expect(texts(state)).toEqual(["No."]);
  });

  it("tells a refusal from the character's own words", () => {
    const state = after(received(message(2, { metadata: { refused: "sexual_minors" } })));
    expect(entriesOf(state)[0]?.isRefusal).toBe(true);
  });
});
