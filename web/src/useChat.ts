import { useEffect, useMemo, useSyncExternalStore } from "react";

import { Chat, type ChatOptions } from "./chat";
import { type Entry, entriesOf, isDemonstration } from "./chatEntries";
import type { KeepsakeClient } from "./client";
import { outboxOf } from "./outbox";

export interface ChatView {
  entries: Entry[];
  /** The character is typing, or its reply is being written. */
  isAnswering: boolean;
  /** A reply is running that can be stopped. */
  isStoppable: boolean;
  /** False until the first page of messages has come. */
  isLoaded: boolean;
  hasOlder: boolean;
  /** The newest reply came from the built-in demonstration model. */
  isDemonstration: boolean;
  chat: Chat;
}

/** Opens a conversation and follows it for as long as the component is shown. */
export function useChat(
  client: KeepsakeClient,
  options: Omit<ChatOptions, "outbox">,
): ChatView {
  const { conversationId, characterId, onProblem, onReply } = options;
  const chat = useMemo(
    () => {
      const outbox = outboxOf(conversationId);
      return new Chat(client, { conversationId, characterId, outbox, onProblem, onReply });
    },
    [client, conversationId, characterId, onProblem, onReply],
  );
  useEffect(() => {
    chat.open();
    return () => chat.close();
  }, [chat]);
  const state = useSyncExternalStore(chat.observe, chat.snapshot);
  const entries = useMemo(() => entriesOf(state), [state]);
  const isStoppable = state.drafts.some((draft) => draft.status === "running");
  return {
    entries,
    isAnswering: isStoppable || state.characterIsTyping,
    isStoppable,
    isLoaded: state.olderCursor !== undefined,
    hasOlder: Boolean(state.olderCursor),
    isDemonstration: isDemonstration(state.messages),
    chat,
  };
}
