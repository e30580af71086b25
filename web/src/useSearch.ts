import { useEffect, useState } from "react";

import { type FoundMessage, type KeepsakeClient, sentenceOf } from "./client";

const PAUSE_MILLISECONDS = 250;
const LONGEST = 500;

export interface Search {
  words: string;
  setWords: (words: string) => void;
  /** Newest first; null until there is an answer. */
  found: FoundMessage[] | null;
  hasMore: boolean;
  loadMore: () => void;
  problem: string;
}

interface Answer {
  to: string;
  found: FoundMessage[];
  cursor: string | null;
  problem: string;
}

/** Looks for what was said with a character, a moment after the last letter was typed. */
export function useSearch(client: KeepsakeClient, characterId: string): Search {
  const [words, setWords] = useState("");
  const [answer, setAnswer] = useState<Answer | null>(null);
  const wanted = words.trim().slice(0, LONGEST);

  useEffect(() => {
    if (!wanted) return;
    let isWanted = true;
    const timer = setTimeout(() => {
      client.search(characterId, wanted).then(
        ({ items, nextCursor }) =>
          isWanted && setAnswer({ to: wanted, found: items, cursor: nextCursor, problem: "" }),
        (error: unknown) =>
          isWanted &&
          setAnswer({ to: wanted, found: [], cursor: null, problem: sentenceOf(error) }),
      );
    }, PAUSE_MILLISECONDS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [client, characterId, wanted]);

  const current = answer?.to === wanted ? answer : null;
  const loadMore = () => {
    if (!current?.cursor) return;
    const isStill = (known: Answer | null): known is Answer =>
      known?.to === current.to && known.cursor === current.cursor;
    client.search(characterId, current.to, current.cursor).then(
      ({ items, nextCursor }) =>
        setAnswer((known) =>
          isStill(known)
            ? { ...known, found: [...known.found, ...items], cursor: nextCursor }
            : known,
        ),
      (error: unknown) =>
        setAnswer((known) => (isStill(known) ? { ...known, problem: sentenceOf(error) } : known)),
    );
  };
  return {
    words,
    setWords,
    found: current?.found ?? null,
    hasMore: Boolean(current?.cursor),
    loadMore,
    problem: current?.problem ?? "",
  };
}
