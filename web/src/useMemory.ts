import { useCallback, useEffect, useState } from "react";

import type { CharacterMemory, KeepsakeClient } from "./client";

export interface MemoryView {
  /** Null until it is known. */
  memory: CharacterMemory | null;
  refresh: () => void;
  loadMore: () => void;
  forget: (memoryId: string) => Promise<void>;
}

/** Several things are often learned in one go: they are read once. */
const SETTLE_MS = 300;

/** What a character remembers about a user, kept fresh as it learns. */
export function useMemory(
  client: KeepsakeClient,
  characterId: string,
  userId: string,
  report: (error: unknown) => void,
): MemoryView {
  const [memory, setMemory] = useState<CharacterMemory | null>(null);
  const refresh = useCallback(() => {
    client.memory(characterId, userId).then(setMemory, report);
  }, [client, characterId, userId, report]);
  useEffect(refresh, [refresh]);
  useChanges(client, characterId, refresh);

  const loadMore = () => {
    if (!memory?.nextCursor) return;
    client
      .memory(characterId, userId, memory.nextCursor)
      .then((page) => setMemory((known) => known && joined(known, page)), report);
  };
  const forget = async (memoryId: string) => {
    try {
      await client.forget(characterId, userId, memoryId);
      setMemory((known) => known && lacking(known, memoryId));
      refresh(); // what was said of it is forgotten with it
    } catch (error) {
      report(error);
    }
  };
  return { memory, refresh, loadMore, forget };
}

function useChanges(client: KeepsakeClient, characterId: string, refresh: () => void): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const changed = (update: { characterId?: string }) => {
      if (update.characterId && update.characterId !== characterId) return;
      clearTimeout(timer);
      timer = setTimeout(refresh, SETTLE_MS);
    };
    const stopHearing = [
      client.live.on("memory:updated", changed),
      client.live.on("relationship:updated", changed),
      // What was said in a turn is remembered as soon as the turn ends.
      client.live.on("message:received", (message) => {
        if (message.senderType === "character") changed({});
      }),
      client.live.onChange((isOpen) => isOpen && changed({})),
    ];
    return () => {
      clearTimeout(timer);
      for (const stop of stopHearing) stop();
    };
  }, [client, characterId, refresh]);
}

function joined(known: CharacterMemory, page: CharacterMemory): CharacterMemory {
  return {
    ...page,
    shortTermMemory: [...known.shortTermMemory, ...page.shortTermMemory],
    longTermMemory: [...known.longTermMemory, ...page.longTermMemory],
  };
}

function lacking(known: CharacterMemory, memoryId: string): CharacterMemory {
  return {
    ...known,
    shortTermMemory: known.shortTermMemory.filter(({ id }) => id !== memoryId),
    longTermMemory: known.longTermMemory.filter(({ id }) => id !== memoryId),
  };
}
