import { useCallback, useEffect, useState } from "react";

import type { Conversation, KeepsakeClient } from "./client";

export interface Conversations {
  /** Null until they are known. */
  list: Conversation[] | null;
  hasMore: boolean;
  refresh: () => void;
  loadMore: () => void;
  start: () => Promise<Conversation | null>;
}

/** The conversations with one character, the most recent first. */
export function useConversations(
  client: KeepsakeClient,
  characterId: string,
  report: (error: unknown) => void,
): Conversations {
  const [list, setList] = useState<Conversation[] | null>(null);
  const [cursor, setCursor] = useState<string | null | undefined>();

  const refresh = useCallback(() => {
    client.conversations(characterId).then((page) => {
      // Further pages, if any were opened, stay below the fresh first one.
      setList((known) => mergedById(page.items, known ?? []));
      setCursor((known) => (known === undefined ? page.nextCursor : known));
    }, report);
  }, [client, characterId, report]);
  useEffect(refresh, [refresh]);

  const loadMore = () => {
    if (!cursor) return;
    client.conversations(characterId, cursor).then((page) => {
      setList((known) => mergedById(known ?? [], page.items));
      setCursor(page.nextCursor);
    }, report);
  };
  const start = useCallback(async () => {
    try {
      const started = await client.startConversation(characterId);
      setList((known) => mergedById([started], known ?? []));
      return started;
    } catch (error) {
      report(error);
      return null;
    }
  }, [client, characterId, report]);
  return { list, hasMore: Boolean(cursor), refresh, loadMore, start };
}

function mergedById(first: Conversation[], then: Conversation[]): Conversation[] {
  const known = new Set(first.map(({ id }) => id));
  return [...first, ...then.filter(({ id }) => !known.has(id))];
}
