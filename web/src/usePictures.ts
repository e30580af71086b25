import { createContext, useEffect, useState } from "react";

import type { Character, KeepsakeClient } from "./client";

/** Pictures that were fetched, as data URLs by character id. */
export const Pictures = createContext<Record<string, string>>({});

/** Fetches the characters' pictures one after another; each appears once it is there. */
export function usePictures(client: KeepsakeClient, characters: Character[] | null) {
  const [pictures, setPictures] = useState<Record<string, string>>({});
  useEffect(() => {
    let isWanted = true;
    const fetchAll = async () => {
      for (const { id, picture } of characters ?? []) {
        if (!picture || !isWanted) continue;
        // Without it the character keeps its initial, which needs no words.
        const url = await client.picture(id).catch(() => undefined);
        if (url && isWanted) setPictures((known) => ({ ...known, [id]: url }));
      }
    };
    void fetchAll();
    return () => {
      isWanted = false;
    };
  }, [client, characters]);
  return pictures;
}
